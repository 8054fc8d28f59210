using System.Text;
using NatsKestrel.Broker.Accounts.Permissions;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Subjects;
using Xunit;

namespace NatsKestrel.Broker.Tests.Accounts;

public sealed class PermissionOracleTests
{
    private static readonly string[] Words = ["a", "b", "c", "*", ">"];
    private static readonly string[] Queues = ["", "", "q", "q.x", "w"];
    private static readonly string[] QueuePatterns = ["", "", "", "q", "q.*", ">", "w"];

    [Fact]
    [Trait("Safety", "AUTHZ-2")]
    [Trait("Safety", "AUTHZ-3")]
    public void A_million_random_decisions_are_those_of_a_linear_search()
    {
        const int Seed = 4711;
        var random = new Random(Seed);
        for (int round = 0; round < 10_000; round++)
        {
            var options = new SubjectPermissionOptions { Allow = Entries(random, 3), Deny = Entries(random, 3) };
            if (random.Next(4) == 0)
            {
                options.Allow.Clear();
            }

            SubjectFilter? filter = SubjectFilter.From(options);
            var scratch = new MatchResult<PermissionEntry>();
            for (int i = 0; i < 100; i++)
            {
                string subject = Subject(random, wild: i % 2 == 0), queue = Queues[random.Next(Queues.Length)];
                bool allows = filter?.Allows(Bytes(subject), Bytes(queue), scratch) ?? true;

                Assert.True(Allows(options, subject, queue) == allows, $"seed {Seed} round {round}: '{subject}' '{queue}' {Show(options)}");
                if (allows && filter is not null && !filter.MustFilter(Bytes(subject), Bytes(queue)))
                {
                    CheckNothingForbiddenIsReceived(random, options, subject, queue);
                }
            }
        }
    }

    // Whatever such a subscription receives unseen must be allowed.
    private static void CheckNothingForbiddenIsReceived(Random random, SubjectPermissionOptions options, string pattern, string queue)
    {
        string published = Subject(random, wild: false);
        if (SubjectRules.Matches(Bytes(pattern), Bytes(published)))
        {
            Assert.True(Allows(options, published, queue), $"'{pattern}' '{queue}' would receive '{published}' {Show(options)}");
        }
    }

    private static bool Allows(SubjectPermissionOptions options, string subject, string queue)
    {
        var allowed = options.Allow.Select(Parse).Where(entry => Matches(entry.Subject, subject)).ToList();
        var denied = options.Deny.Select(Parse).Where(entry => Matches(entry.Subject, subject)).ToList();
        bool isAllowed = options.Allow.Count == 0 || (queue.Length > 0 && allowed.Exists(entry => entry.Queue.Length > 0)
            ? allowed.Exists(entry => entry.Queue.Length > 0 && (entry.Queue == queue || Matches(entry.Queue, queue)))
            : allowed.Exists(entry => entry.Queue.Length == 0));
        return isAllowed && !denied.Exists(entry => entry.Queue.Length == 0 || (queue.Length > 0 && (entry.Queue == queue || Matches(entry.Queue, queue))));
    }

    private static bool Matches(string pattern, string subject)
    {
        string[] p = pattern.Split('.'), s = subject.Split('.');
        for (int i = 0; i < p.Length; i++)
        {
            if (p[i] == ">")
            {
                return s.Length > i;
            }

            if (i >= s.Length || (p[i] != "*" && p[i] != s[i]))
            {
                return false;
            }
        }

        return p.Length == s.Length;
    }

    private static (string Subject, string Queue) Parse(string entry) => entry.Split(' ') is [var subject, var queue] ? (subject, queue) : (entry, "");

    private static List<string> Entries(Random random, int max)
    {
        var entries = new List<string>();
        for (int count = random.Next(max + 1); count > 0; count--)
        {
            string queue = QueuePatterns[random.Next(QueuePatterns.Length)];
            entries.Add(queue.Length == 0 ? Subject(random, wild: true) : $"{Subject(random, wild: true)} {queue}");
        }

        return entries;
    }

    private static string Subject(Random random, bool wild)
    {
        string[] tokens = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Words[random.Next(wild ? 4 : 3)])];
        if (wild && random.Next(4) == 0)
        {
            tokens[^1] = ">";
        }

        return string.Join('.', tokens);
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Show(SubjectPermissionOptions options) => $"allow [{string.Join(", ", options.Allow)}] deny [{string.Join(", ", options.Deny)}]";
}
