using System.Text;
using NatsKestrel.Broker.Subjects;

namespace NatsKestrel.Broker.Accounts.Imports;

/// <summary>A subject that has one name in the account that exports it and another in the one that imports it.</summary>
/// <remarks>Every wildcard stands in both names, so that either can be made of the other.</remarks>
internal sealed class ImportedSubject
{
    private readonly Name _foreign;
    private readonly Name _local;

    private ImportedSubject(Name foreign, Name local)
    {
        _foreign = foreign;
        _local = local;
    }

    /// <summary>The pattern of its names in the exporting account.</summary>
    public ReadOnlySpan<byte> Foreign => _foreign.Pattern;

    /// <summary>The pattern of its names in the importing account.</summary>
    public ReadOnlySpan<byte> Local => _local.Pattern;

    /// <summary>True where both are the same.</summary>
    public bool IsSame => Foreign.SequenceEqual(Local);

    /// <summary>Makes one of the texts in settings.</summary>
    /// <param name="foreign">The exported subject.</param>
    /// <param name="local">The other name: <c>$1</c> stands for the first wildcard, a <c>*</c> for the next.</param>
    /// <returns>Null where not each wildcard of one has its place in the other.</returns>
    public static ImportedSubject? TryCreate(string foreign, string local)
    {
        string[] foreignTokens = foreign.Split('.'), localTokens = local.Split('.');
        int wildcards = foreignTokens.Count(token => token == "*");
        bool hasRest = foreignTokens[^1] == ">";
        if (hasRest != (localTokens[^1] == ">"))
        {
            return null;
        }

        int next = 0;
        var source = foreignTokens.Select(token => token == "*" ? next++ : -1).ToArray();
        int star = 0;
        var target = localTokens.Select(token => token == "*" ? star++ : Reference(token)).ToArray();
        if (!target.Where(index => index >= 0).Order().SequenceEqual(Enumerable.Range(0, wildcards)))
        {
            return null;
        }

        return new ImportedSubject(new Name(foreignTokens, source, hasRest), new Name(localTokens, target, hasRest));
    }

    /// <summary>The local name of a foreign subject that <see cref="Foreign"/> covers; a pattern becomes a pattern.</summary>
    public byte[] ToLocal(ReadOnlySpan<byte> subject) => IsSame ? subject.ToArray() : Translate(_foreign, _local, subject);

    /// <summary>The foreign name of a local subject that <see cref="Local"/> covers; a pattern becomes a pattern.</summary>
    public byte[] ToForeign(ReadOnlySpan<byte> subject) => IsSame ? subject.ToArray() : Translate(_local, _foreign, subject);

    private static int Reference(string token)
    {
        string number = token switch
        {
            ['$', .. var digits] => digits,
            ['{', '{', .. var inner, '}', '}'] when inner.Trim().StartsWith("wildcard(", StringComparison.OrdinalIgnoreCase) => inner.Trim()[9..].TrimEnd(')'),
            _ => "",
        };
        return int.TryParse(number.Trim(), out int index) && index > 0 ? index - 1 : -1;
    }

    private static byte[] Translate(Name from, Name to, ReadOnlySpan<byte> subject)
    {
        var result = new List<byte>(subject.Length + 32);
        for (int i = 0; i < to.Tokens.Length; i++)
        {
            if (i > 0)
            {
                result.Add((byte)'.');
            }

            bool isRest = to.HasRest && i == to.Tokens.Length - 1;
            result.AddRange(isRest ? TokensFrom(subject, from.Tokens.Length - 1)
                : to.Wildcards[i] < 0 ? to.Tokens[i]
                : Token(subject, Array.IndexOf(from.Wildcards, to.Wildcards[i])));
        }

        return [.. result];
    }

    private static ReadOnlySpan<byte> Token(ReadOnlySpan<byte> subject, int index)
    {
        ReadOnlySpan<byte> rest = TokensFrom(subject, index);
        return rest[..SubjectRules.TokenEnd(rest, 0)];
    }

    private static ReadOnlySpan<byte> TokensFrom(ReadOnlySpan<byte> subject, int index)
    {
        int start = 0;
        for (; index > 0; index--)
        {
            start = SubjectRules.TokenEnd(subject, start) + 1;
        }

        return subject[start..];
    }

    /// <summary>One name: its tokens, and which wildcard each of them is.</summary>
    private sealed class Name(string[] tokens, int[] wildcards, bool hasRest)
    {
        public byte[][] Tokens { get; } = [.. tokens.Select(Encoding.UTF8.GetBytes)];

        /// <summary>The number of the wildcard, or -1.</summary>
        public int[] Wildcards => wildcards;

        public bool HasRest => hasRest;

        public byte[] Pattern { get; } = Encoding.UTF8.GetBytes(string.Join('.', tokens.Select((token, i) => wildcards[i] >= 0 ? "*" : token)));
    }
}
