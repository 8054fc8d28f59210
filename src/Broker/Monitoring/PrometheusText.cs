using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.Monitoring;

/// <summary>The broker's figures in Prometheus' text format 0.0.4, without a package for it.</summary>
/// <remarks>
/// Two families: those of the meter <see cref="BrokerMeter"/> under their OpenTelemetry names, and every number of <c>/varz</c> as
/// <c>gnatsd_varz_…</c>, which is what prometheus-nats-exporter makes of it and what the dashboards made for that expect.
/// </remarks>
internal sealed class PrometheusText(VarzReport varz, IMeterFactory meters)
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public string Build(string basePath)
    {
        var text = new StringBuilder();
        AppendInstruments(text);
        AppendVarz(text, varz.Build(basePath));
        return text.ToString();
    }

    private void AppendInstruments(StringBuilder text)
    {
        var lines = new SortedDictionary<string, (string Header, StringBuilder Samples)>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                // Only this application's: a process may have several brokers.
                if (instrument.Meter.Name == BrokerInstruments.MeterName && instrument.Meter.Scope == meters)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            bool isCounter = instrument is ObservableCounter<long>;
            string name = Name(instrument, isCounter);
            if (!lines.TryGetValue(name, out var line))
            {
                line = ($"# HELP {name} {instrument.Description}\n# TYPE {name} {(isCounter ? "counter" : "gauge")}\n", new StringBuilder());
                lines.Add(name, line);
            }

            AppendSample(line.Samples, name, tags, value);
        });
        listener.Start();
        listener.RecordObservableInstruments();
        foreach (var (header, samples) in lines.Values)
        {
            text.Append(header).Append(samples);
        }
    }

    // As OpenTelemetry's own exporter makes them: dots to underscores, the unit where it is one, _total for counters.
    private static string Name(Instrument instrument, bool isCounter) =>
        instrument.Name.Replace('.', '_') + (instrument.Unit == "By" && !instrument.Name.EndsWith("bytes", StringComparison.Ordinal) ? "_bytes" : "") + (isCounter ? "_total" : "");

    private static void AppendSample(StringBuilder text, string name, ReadOnlySpan<KeyValuePair<string, object?>> tags, long value)
    {
        text.Append(name);
        for (int i = 0; i < tags.Length; i++)
        {
            text.Append(i == 0 ? '{' : ',').Append(tags[i].Key.Replace('.', '_')).Append("=\"").Append(Escaped(tags[i].Value?.ToString() ?? "")).Append('"');
        }

        text.Append(tags.Length > 0 ? "} " : " ").Append(value.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }

    private static void AppendVarz(StringBuilder text, Varz varz)
    {
        string label = $"{{server_id=\"{Escaped(varz.ServerId)}\"}}";
        using var json = JsonDocument.Parse(GoJson.Bytes(varz, MonitoringJson.Write));
        AppendNumbers(text, "gnatsd_varz", json.RootElement, label);
    }

    private static void AppendNumbers(StringBuilder text, string prefix, JsonElement json, string label)
    {
        foreach (JsonProperty property in json.EnumerateObject())
        {
            string name = $"{prefix}_{Sanitised(property.Name)}";
            if (property.Value.ValueKind == JsonValueKind.Object)
            {
                AppendNumbers(text, name, property.Value, label);
            }
            else if (property.Value.ValueKind == JsonValueKind.Number)
            {
                text.Append("# TYPE ").Append(name).Append(" gauge\n").Append(name).Append(label).Append(' ').Append(property.Value.GetRawText()).Append('\n');
            }
        }
    }

    // A key of http_req_stats is a path.
    private static string Sanitised(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));

    private static string Escaped(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
