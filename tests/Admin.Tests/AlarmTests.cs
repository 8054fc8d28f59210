using System.Net.Http.Json;
using System.Text.Json;
using NatsKestrel.Admin.Alarms;
using NatsKestrel.Broker.Configuration;
using Xunit;

namespace NatsKestrel.Admin.Tests;

public sealed class AlarmTests
{
    private const long Limit = 1000;

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly AlarmRules _rules = new(new AlarmOptions(), Limit);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Half_of_the_memory_for_waiting_messages_is_an_alarm_until_it_is_less()
    {
        Assert.Empty(Look(0, held: 499));
        Assert.Equal(Start.AddSeconds(2), Assert.Single(Look(2, held: 500)).Since);
        Alarm alarm = Assert.Single(Look(4, held: 900));
        Assert.Equal((AlarmRules.Pending, Start.AddSeconds(2)), (alarm.Rule, alarm.Since));
        Assert.Empty(Look(6, held: 499));
    }

    [Fact]
    public void A_slow_consumer_is_an_alarm_for_a_minute()
    {
        Assert.Empty(Look(0, slow: 7));
        Assert.Equal(AlarmRules.Slow, Assert.Single(Look(2, slow: 8)).Rule);
        Assert.Single(Look(58, slow: 8));
        Assert.Empty(Look(64, slow: 8));
    }

    [Fact]
    public void A_thousand_connections_in_ten_seconds_are_a_storm_and_in_a_minute_they_are_not()
    {
        for (int second = 0; second <= 60; second += 2)
        {
            Assert.Empty(Look(second, accepted: second * 20));
        }

        Assert.Equal(AlarmRules.ReconnectStorm, Assert.Single(Look(62, accepted: 2300)).Rule);
    }

    [Fact]
    public void When_no_message_comes_any_more_it_is_an_alarm_until_one_does()
    {
        for (int second = 0; second <= 60; second += 2)
        {
            Assert.Empty(Look(second, messages: second * 200));
        }

        Assert.Empty(Look(68, messages: 12_000));
        Assert.Contains("200 a second", Assert.Single(Look(70, messages: 12_000)).Text, StringComparison.Ordinal);
        Assert.Single(Look(400, messages: 12_000));
        Assert.Empty(Look(402, messages: 12_001));
    }

    [Fact]
    public void A_trickle_may_cease_and_a_silence_is_forgotten_after_ten_minutes()
    {
        Look(0, messages: 0);
        Look(60, messages: 5999);
        Assert.Empty(Look(72, messages: 5999));

        var busy = new AlarmRules(new AlarmOptions(), Limit);
        busy.Look(new AlarmSample(Start, 0, 0, 0, 0));
        busy.Look(new AlarmSample(Start.AddSeconds(50), 0, 0, 10_000, 0));
        Assert.Single(busy.Look(new AlarmSample(Start.AddSeconds(60), 0, 0, 10_000, 0)));
        Assert.Empty(busy.Look(new AlarmSample(Start.AddSeconds(661), 0, 0, 10_000, 0)));
    }

    [Fact]
    public void A_threshold_of_zero_turns_a_rule_off()
    {
        var off = new AlarmRules(new AlarmOptions { PendingPercent = 0, SlowConsumers = 0, DropToZero = 0, ReconnectStorm = 0 }, Limit);
        off.Look(new AlarmSample(Start, 0, 0, 0, 0));
        off.Look(new AlarmSample(Start.AddSeconds(60), 100_000, 100, 100_000, 5000));

        Assert.Empty(off.Look(new AlarmSample(Start.AddSeconds(70), 200_000, 200, 100_000, 5000)));
    }

    [Fact]
    public async Task An_alarm_is_in_alarmz_and_in_the_metrics()
    {
        await using var app = await ConsoleApplication.StartAsync(options => options.Console.Alarms.ReconnectStorm = 1);
        Assert.Contains("nats_server_alarms{rule=\"reconnect_storm\"} 0\n", await app.Http.GetStringAsync("/metrics", Cancel), StringComparison.Ordinal);
        await using var client = await app.ConnectAsync("CONNECT {\"verbose\":false}\r\n");

        JsonElement alarms;
        do
        {
            alarms = (await app.Http.GetFromJsonAsync<JsonElement>("/alarmz", Cancel)).GetProperty("alarms");
        }
        while (alarms.GetArrayLength() == 0);

        Assert.Equal(("reconnect_storm", "1 connection was accepted within ten seconds."), (alarms[0].GetProperty("rule").GetString(), alarms[0].GetProperty("text").GetString()));
        string metrics = await app.Http.GetStringAsync("/metrics", Cancel);
        Assert.Contains("nats_server_alarms{rule=\"reconnect_storm\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("nats_server_alarms{rule=\"pending\"} 0\n", metrics, StringComparison.Ordinal);
    }

    private Alarm[] Look(int second, long accepted = 0, long slow = 0, long messages = 0, long held = 0) =>
        _rules.Look(new AlarmSample(Start.AddSeconds(second), accepted, slow, messages, held));
}
