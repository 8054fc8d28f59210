using System.Text;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Delivery;
using NatsKestrel.Broker.Protocol;
using Xunit;

namespace NatsKestrel.Broker.Tests.Accounts;

public sealed class IsolationOracleTests
{
    private const int Seed = 20261125;
    private static readonly string[] Words = ["a", "b", "c"];

    [Fact]
    [Trait("Safety", "ISO-3")]
    [Trait("Safety", "ISO-4")]
    public void A_million_random_publishes_reach_whom_the_model_says_and_nobody_else()
    {
        var random = new Random(Seed);
        int cases = 0, crossed = 0;
        for (int round = 0; cases < 1_000_000; round++)
        {
            NatsBrokerOptions options = World(random);
            if (AccountsValidator.Check(options).Any())
            {
                continue;
            }

            var accounts = new AccountDirectory(options);
            List<Listener> listeners = Subscribe(random, options, accounts);
            var publishers = options.Accounts.ToDictionary(account => account.Name, _ => new Publisher(new Listener("", "")));
            for (int i = 0; i < 250; i++, cases++)
            {
                AccountOptions from = options.Accounts[random.Next(options.Accounts.Count)];
                string subject = Subject(random, wild: false);
                List<string> expected = Model(options, listeners, from, subject, depth: 0);

                Publish(publishers[from.Name], accounts, from.Name, subject);

                List<string> actual = [.. listeners.SelectMany(listener => listener.Take())];
                actual.Sort(StringComparer.Ordinal);
                expected.Sort(StringComparer.Ordinal);
                Assert.True(actual.SequenceEqual(expected), $"seed {Seed} round {round}, {from.Name} publishes {subject}: "
                    + $"expected [{string.Join(", ", expected)}], got [{string.Join(", ", actual)}]\n{Show(options)}");
                crossed += actual.Exists(delivery => !delivery.StartsWith(from.Name, StringComparison.Ordinal)) ? 1 : 0;
            }
        }

        Assert.True(crossed > cases / 50, $"Only {crossed} publishes crossed a border: the worlds are too small to show anything.");
    }

    private static List<string> Model(NatsBrokerOptions options, List<Listener> listeners, AccountOptions account, string subject, int depth)
    {
        var reached = Streams(options, listeners, account, subject);
        foreach (ImportOptions import in account.Imports)
        {
            if (import.Service is { } service && Rename(Local(import), service.Subject, subject) is { } foreign && depth < 16)
            {
                reached.AddRange(Model(options, listeners, options.Accounts.Find(other => other.Name == service.Account)!, foreign, depth + 1));
            }
        }

        return reached;
    }

    // Subscriptions of the account itself, and of those that import what is published in it; they do not hand it on.
    private static List<string> Streams(NatsBrokerOptions options, List<Listener> listeners, AccountOptions account, string subject)
    {
        List<string> reached = [.. listeners.Where(listener => listener.Account == account.Name && Matches(listener.Pattern, subject)).Select(listener => listener.Got(subject))];
        foreach (AccountOptions importer in options.Accounts)
        {
            foreach (ImportOptions import in importer.Imports)
            {
                if (import.Stream is { } stream && stream.Account == account.Name && Rename(stream.Subject, Local(import), subject) is { } local)
                {
                    reached.AddRange(listeners.Where(listener => listener.Account == importer.Name && Matches(listener.Pattern, local)).Select(listener => listener.Got(local)));
                }
            }
        }

        return reached;
    }

    private static string Local(ImportOptions import)
    {
        string subject = (import.Stream ?? import.Service!).Subject;
        return import.To.Length > 0 ? import.To : import.Prefix.Length > 0 ? $"{import.Prefix}.{subject}" : subject;
    }

    // By the texts: where the one name has a wildcard, the other has it too, as $n or in the same order.
    private static string? Rename(string from, string to, string subject)
    {
        string[] source = from.Split('.'), target = to.Split('.'), tokens = subject.Split('.');
        if (!Matches(string.Join('.', source.Select(token => token[0] == '$' ? "*" : token)), subject))
        {
            return null;
        }

        var values = new Dictionary<string, string>();
        int stars = 0;
        for (int i = 0; i < source.Length; i++)
        {
            if (source[i] == "*")
            {
                values[$"${++stars}"] = tokens[i];
            }
            else if (source[i][0] == '$')
            {
                values[source[i]] = tokens[i];
            }
        }

        stars = 0;
        return string.Join('.', target.SelectMany(token => token switch
        {
            ">" => tokens[(source.Length - 1)..],
            "*" => [values[$"${++stars}"]],
            ['$', ..] => [values[token]],
            _ => [token],
        }));
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

    private static NatsBrokerOptions World(Random random)
    {
        var options = new NatsBrokerOptions();
        string[] names = ["A", "B", "C", "D"];
        foreach (string name in names)
        {
            options.Accounts.Add(new AccountOptions
            {
                Name = name,
                Exports = [new ExportOptions { Stream = ">" }, new ExportOptions { Service = random.Next(2) == 0 ? ">" : "a.>" }],
            });
        }

        foreach (AccountOptions account in options.Accounts)
        {
            for (int count = random.Next(3); count > 0; count--)
            {
                account.Imports.Add(Import(random, names.Where(name => name != account.Name).ElementAt(random.Next(3))));
            }
        }

        return options;
    }

    private static ImportOptions Import(Random random, string account)
    {
        string subject = Subject(random, wild: true);
        bool isStream = random.Next(2) == 0;
        var source = new ImportSourceOptions { Account = account, Subject = subject };
        int stars = subject.Split('.').Count(token => token == "*");
        bool hasRest = subject[^1] == '>';
        string to = hasRest || random.Next(2) == 0 ? "" : stars switch { 0 => "z.z", 1 => "x.$1", 2 => "$2.y.$1", _ => "" };
        return new ImportOptions
        {
            Stream = isStream ? source : null,
            Service = isStream ? null : source,
            Prefix = isStream && to.Length == 0 && random.Next(2) == 0 ? "p" : "",
            To = to,
        };
    }

    private static List<Listener> Subscribe(Random random, NatsBrokerOptions options, AccountDirectory accounts)
    {
        var listeners = new List<Listener>();
        for (int i = 0; i < 12; i++)
        {
            var listener = new Listener(options.Accounts[random.Next(options.Accounts.Count)].Name, LocalPattern(random));
            listeners.Add(listener);
            accounts.TryGet(listener.Account, out Account? account);
            account!.Insert(new Subscription(listener, Encoding.UTF8.GetBytes(listener.Pattern), [], Encoding.UTF8.GetBytes($"{i}")));
        }

        return listeners;
    }

    private static string LocalPattern(Random random) => random.Next(4) switch
    {
        0 => "x." + Subject(random, wild: true),
        1 => "p." + Subject(random, wild: true),
        2 => ">",
        _ => Subject(random, wild: true),
    };

    private static string Subject(Random random, bool wild)
    {
        string[] tokens = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => wild && random.Next(4) == 0 ? "*" : Words[random.Next(Words.Length)])];
        if (wild && random.Next(5) == 0)
        {
            tokens[^1] = ">";
        }

        return string.Join('.', tokens);
    }

    private static void Publish(Publisher publisher, AccountDirectory accounts, string name, string subject)
    {
        accounts.TryGet(name, out Account? account);
        var message = new Message { Subject = Encoding.UTF8.GetBytes(subject), SizeText = "0"u8, Body = "\r\n"u8 };
        publisher.Publish(account!, ref message);
        publisher.Batch.Flush();
    }

    private static string Show(NatsBrokerOptions options) => string.Join('\n', options.Accounts.SelectMany(account => account.Imports
        .Select(import => $"{account.Name} imports {(import.Stream is null ? "service" : "stream")} {(import.Stream ?? import.Service)!.Account}:{(import.Stream ?? import.Service)!.Subject} as {Local(import)}")));

    private sealed class Listener(string account, string pattern) : ISubscriber
    {
        private readonly List<string> _got = [];

        public ulong Id => 1;

        public string Account => account;

        public string Pattern => pattern;

        public string Got(string subject) => $"{account}[{pattern}] {subject}";

        public List<string> Take()
        {
            List<string> got = [.. _got];
            _got.Clear();
            return got;
        }

        public DeliveryResult Deliver(Subscription subscription, ref readonly Message message, ulong publisher)
        {
            _got.Add(Got(Encoding.UTF8.GetString(message.Subject)));
            return DeliveryResult.Delivered;
        }

        public void Flush()
        {
        }

        public Task WaitForRoomAsync(TimeSpan limit) => Task.CompletedTask;
    }
}
