namespace NatsKestrel.Broker.Configuration;

/// <summary>A setting that breaks a rule.</summary>
/// <param name="Key">Its full key, for example <c>Nats:Limits:MaxPending</c>.</param>
/// <param name="Text">What follows the key in a sentence: <c>must not be …</c>, without the full stop.</param>
internal readonly record struct BrokenRule(string Key, string Text);
