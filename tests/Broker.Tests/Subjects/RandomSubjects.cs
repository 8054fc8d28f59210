using System.Text;

namespace NatsKestrel.Broker.Tests.Subjects;

/// <summary>Random subjects of few tokens from a small alphabet, so that they share prefixes, collide and overlap.</summary>
internal sealed class RandomSubjects(int seed)
{
    private static readonly string[] Words = ["a", "b", "c", "ab", "abc", "a-longer-token", "*a", "**"];

    private readonly Random _random = new(seed);

    /// <summary>A seed that differs from run to run, told to whoever reads the test's output.</summary>
    public static int NewSeed(Action<string> tell)
    {
        int seed = Random.Shared.Next();
        tell($"seed {seed}");
        return seed;
    }

    public int Next(int below) => _random.Next(below);

    /// <summary>What a client may subscribe to.</summary>
    public byte[] Pattern(int maxTokens = 5)
    {
        var tokens = new List<string>();
        int count = 1 + _random.Next(maxTokens);
        for (int i = 0; i < count; i++)
        {
            tokens.Add(_random.Next(4) == 0 ? "*" : Words[_random.Next(Words.Length)]);
        }

        if (_random.Next(5) == 0)
        {
            tokens[^1] = ">";
        }

        return Encoding.Latin1.GetBytes(string.Join('.', tokens));
    }

    /// <summary>What a client may publish to: wildcards and empty tokens too, though not often.</summary>
    public byte[] Subject(int maxTokens = 5)
    {
        string[] tokens = new string[1 + _random.Next(maxTokens)];
        for (int i = 0; i < tokens.Length; i++)
        {
            tokens[i] = _random.Next(40) switch
            {
                0 => "*",
                1 => ">",
                2 => "",
                _ => Words[_random.Next(Words.Length)],
            };
        }

        return Encoding.Latin1.GetBytes(string.Join('.', tokens));
    }

    /// <summary>Mostly none, else one of a few.</summary>
    public byte[] Queue() => _random.Next(3) == 0 ? [(byte)"xyz*."[_random.Next(5)]] : [];
}
