using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.Monitoring;

/// <summary>Whether an answer lists subscriptions, and how much it says of each.</summary>
internal enum SubscriptionList
{
    None,
    Subjects,
    Details,
}

/// <summary>Reads query parameters as the reference server does: same grammar, same words for what is wrong.</summary>
/// <remarks>
/// Names are case-sensitive and the first of several counts. The first thing that is wrong stays in <see cref="Error"/>, so read the
/// parameters in the reference's order, then look at it once.
/// </remarks>
internal sealed class MonitoringQuery(QueryString query)
{
    private readonly QueryStringEnumerable _pairs = new(query.Value);

    /// <summary>What is wrong with the parameters read so far, or null.</summary>
    public string? Error { get; private set; }

    /// <summary>The value, or an empty text where it is absent.</summary>
    public string Text(string name)
    {
        foreach (var pair in _pairs)
        {
            if (pair.DecodeName().Span.SequenceEqual(name))
            {
                return pair.DecodeValue().ToString();
            }
        }

        return "";
    }

    public bool Boolean(string name) => ParseBoolean(name, Text(name));

    /// <summary>A signed decimal number of 64 bits; 0 where it is absent.</summary>
    public long Integer(string name)
    {
        string text = Text(name);
        if (text.Length == 0)
        {
            return 0;
        }

        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value))
        {
            return value;
        }

        bool isNumber = IsDigits(text[0] is '+' or '-' ? text.AsSpan(1) : text);
        Fail($"Error decoding int for '{name}': strconv.Atoi: parsing {Quote(text)}: {Reason(isNumber)}");
        return 0;
    }

    /// <summary>An unsigned decimal number of 64 bits, without a sign; 0 where it is absent.</summary>
    public ulong Unsigned(string name)
    {
        string text = Text(name);
        if (text.Length == 0)
        {
            return 0;
        }

        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value))
        {
            return value;
        }

        Fail($"Error decoding uint64 for '{name}': strconv.ParseUint: parsing {Quote(text)}: {Reason(IsDigits(text))}");
        return 0;
    }

    /// <summary>A boolean, or <c>detail</c> in any letter case.</summary>
    public SubscriptionList Subscriptions(string name)
    {
        string text = Text(name);
        if (text.Equals("detail", StringComparison.OrdinalIgnoreCase))
        {
            return SubscriptionList.Details;
        }

        return ParseBoolean(name, text) ? SubscriptionList.Subjects : SubscriptionList.None;
    }

    /// <summary>Notes an error, unless there is one already.</summary>
    public void Fail(string error) => Error ??= error;

    private bool ParseBoolean(string name, string text)
    {
        switch (text)
        {
            case "1" or "t" or "T" or "true" or "TRUE" or "True":
                return true;
            case "" or "0" or "f" or "F" or "false" or "FALSE" or "False":
                return false;
            default:
                Fail($"Error decoding boolean for '{name}': strconv.ParseBool: parsing {Quote(text)}: invalid syntax");
                return false;
        }
    }

    private static string Quote(string text) => GoQuote.Text(Encoding.UTF8.GetBytes(text));

    private static string Reason(bool isNumber) => isNumber ? "value out of range" : "invalid syntax";

    private static bool IsDigits(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExceptInRange('0', '9');
}
