using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace NatsKestrel.Broker.Configuration.NatsConf;

/// <summary>The digest that nats-server prints of a configuration: equal for files that say the same, however they are laid out.</summary>
/// <remarks>SHA-256 of the tree as Go's <c>encoding/json</c> writes it: keys sorted by their bytes, <c>&lt; &gt; &amp;</c> escaped, a line end behind it.</remarks>
internal static class ConfDigest
{
    /// <summary><c>sha256:</c> and 64 hexadecimal digits.</summary>
    public static string Compute(ConfEntries entries)
    {
        var json = new StringBuilder();
        Write(json, entries);
        json.Append('\n');
        return "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json.ToString())));
    }

    private static void Write(StringBuilder json, ConfEntries entries)
    {
        json.Append('{');
        string separator = "";
        foreach (var entry in entries.OrderBy(entry => Encoding.UTF8.GetBytes(entry.Key), ByteOrder.Instance))
        {
            json.Append(separator);
            Write(json, entry.Key);
            json.Append(':');
            Write(json, entry.Value);
            separator = ",";
        }

        json.Append('}');
    }

    private static void Write(StringBuilder json, ConfValue value)
    {
        switch (value)
        {
            case ConfMap map:
                Write(json, map.Entries);
                break;
            case ConfArray array:
                json.Append('[');
                for (int i = 0; i < array.Items.Count; i++)
                {
                    json.Append(i == 0 ? "" : ",");
                    Write(json, array.Items[i]);
                }

                json.Append(']');
                break;
            case ConfText text:
                Write(json, text.Text);
                break;
            case ConfInteger integer:
                json.Append(CultureInfo.InvariantCulture, $"{integer.Number}");
                break;
            case ConfFloat number:
                json.Append(GoFloat(number.Number));
                break;
            case ConfFlag flag:
                json.Append(flag.IsOn ? "true" : "false");
                break;
            case ConfDate date:
                json.Append(CultureInfo.InvariantCulture, $"\"{date.Time:yyyy-MM-dd'T'HH:mm:ss'Z'}\"");
                break;
        }
    }

    private static void Write(StringBuilder json, string text)
    {
        json.Append('"');
        foreach (char c in text)
        {
            json.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\b' => "\\b",
                '\f' => "\\f",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                < ' ' or '<' or '>' or '&' or '\u2028' or '\u2029' => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => c.ToString(),
            });
        }

        json.Append('"');
    }

    // The shortest digits that read back the same; with an exponent below 1e-6 and from 1e21 on.
    private static string GoFloat(double number)
    {
        string text = number.ToString("R", CultureInfo.InvariantCulture);
        return Math.Abs(number) is 0 or (>= 1e-6 and < 1e21)
            ? decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture).ToString("0.############################", CultureInfo.InvariantCulture)
            : text.Replace("E", "e", StringComparison.Ordinal).Replace("e-0", "e-", StringComparison.Ordinal);
    }

    private sealed class ByteOrder : IComparer<byte[]>
    {
        public static readonly ByteOrder Instance = new();

        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}
