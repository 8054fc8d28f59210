using System.Text;
using System.Text.Json;
using NatsKestrel.Broker.Monitoring;
using NatsKestrel.Broker.Protocol;
using Xunit;

namespace NatsKestrel.Broker.Tests.Monitoring;

public sealed class MonitoringJsonTests
{
    [Theory]
    [InlineData("x.>", "\"x.\\u003e\"")]
    [InlineData("<&'+`", "\"\\u003c\\u0026'+`\"")]
    [InlineData("512µs 😀", "\"512µs 😀\"")]
    [InlineData("a\"b\\c", "\"a\\\"b\\\\c\"")]
    [InlineData("\b\f\n\r\t\u0001\u007f", "\"\\b\\f\\n\\r\\t\\u0001\u007f\"")]
    [InlineData("\u2028\u2029", "\"\\u2028\\u2029\"")]
    public void Strings_are_escaped_as_Go_escapes_them(string text, string json) =>
        Assert.Equal($"{{\"status\":{json}}}", Encoding.UTF8.GetString(GoJson.Bytes(new Healthz(text), MonitoringJson.Write)));

    [Fact]
    public void Half_a_surrogate_pair_becomes_the_replacement_character()
    {
        byte[] json = GoJson.Bytes(new Healthz("a\ud83d"), MonitoringJson.Write);

        Assert.Equal("a\ufffd", JsonDocument.Parse(json).RootElement.GetProperty("status").GetString());
    }

    [Theory]
    [InlineData(9_452_478, "2026-11-23T07:44:18.9452478Z")]
    [InlineData(9_450_000, "2026-11-23T07:44:18.945Z")]
    [InlineData(0, "2026-11-23T07:44:18Z")]
    public void Times_are_RFC_3339_in_UTC_without_zeros_at_the_end(long ticks, string text)
    {
        var time = new DateTimeOffset(2026, 11, 23, 7, 44, 18, TimeSpan.Zero).AddTicks(ticks);

        string json = Encoding.UTF8.GetString(GoJson.Bytes(new Leafz("N", time.UtcDateTime, 0, []), MonitoringJson.Write, GoJson.Indented));

        Assert.Equal($"{{\n  \"server_id\": \"N\",\n  \"now\": \"{text}\",\n  \"leafnodes\": 0,\n  \"leafs\": []\n}}", json);
    }
}
