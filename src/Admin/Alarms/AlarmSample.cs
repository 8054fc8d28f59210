namespace NatsKestrel.Admin.Alarms;

/// <summary>What the alarm rules look at, at one moment.</summary>
/// <param name="Time">The moment.</param>
/// <param name="Accepted">Connections accepted since the start.</param>
/// <param name="SlowConsumers">Clients cut for being slow since the start.</param>
/// <param name="InMessages">Messages received since the start.</param>
/// <param name="HeldBytes">Bytes that wait for clients.</param>
internal readonly record struct AlarmSample(DateTimeOffset Time, long Accepted, long SlowConsumers, long InMessages, long HeldBytes);
