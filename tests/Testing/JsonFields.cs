using System.Text.Json;

namespace NatsKestrel.Testing;

/// <summary>The shape of a JSON text, to be compared with that of another.</summary>
public static class JsonFields
{
    /// <summary>Every path of names that leads to a value, such as <c>.connections[].cid Number</c>: sorted, each once.</summary>
    public static SortedSet<string> Of(string json)
    {
        using var document = JsonDocument.Parse(json);
        var fields = new SortedSet<string>(StringComparer.Ordinal);
        Collect(document.RootElement, "");
        return fields;

        void Collect(JsonElement element, string path)
        {
            fields.Add($"{path} {(element.ValueKind is JsonValueKind.True or JsonValueKind.False ? "Boolean" : element.ValueKind.ToString())}");
            if (element.ValueKind == JsonValueKind.Object)
            {
                foreach (var property in element.EnumerateObject())
                {
                    Collect(property.Value, $"{path}.{property.Name}");
                }
            }
            else if (element.ValueKind == JsonValueKind.Array)
            {
                foreach (var item in element.EnumerateArray())
                {
                    Collect(item, path + "[]");
                }
            }
        }
    }
}
