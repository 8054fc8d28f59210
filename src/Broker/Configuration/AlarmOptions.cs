using System.ComponentModel.DataAnnotations;

namespace NatsKestrel.Broker.Configuration;

/// <summary>When the console, <c>/alarmz</c> and the gauge <c>nats_server_alarms</c> raise an alarm: section <c>Nats:Console:Alarms</c>.</summary>
public sealed class AlarmOptions
{
    /// <summary>How much of the memory that may hold messages for clients (<c>Nats:Limits:MaxPendingTotal</c>) is in use when alarm <c>pending</c> is raised.</summary>
    /// <value>Percent. Default 50; 0 never raises it.</value>
    [Range(0, 100)]
    public int PendingPercent { get; set; } = 50;

    /// <summary>Clients cut for taking messages too slowly, within a minute, at which alarm <c>slow</c> is raised.</summary>
    /// <value>Default 1; 0 never raises it.</value>
    [Range(0, int.MaxValue)]
    public int SlowConsumers { get; set; } = 1;

    /// <summary>Messages a second, on average over a minute, from which alarm <c>drop_to_zero</c> is raised when none comes for ten seconds.</summary>
    /// <value>Default 100; 0 never raises it. It ends with the next message, or after ten minutes.</value>
    [Range(0, int.MaxValue)]
    public int DropToZero { get; set; } = 100;

    /// <summary>Connections accepted within ten seconds at which alarm <c>reconnect_storm</c> is raised.</summary>
    /// <value>Default 1000; 0 never raises it.</value>
    [Range(0, int.MaxValue)]
    public int ReconnectStorm { get; set; } = 1000;
}
