using System.Text;
using NatsKestrel.Admin.Access;
using Xunit;

namespace NatsKestrel.Admin.Tests.Access;

public sealed class PublishHistoryTests
{
    private readonly PublishHistory _history = new();

    [Fact]
    public void The_latest_come_first_and_the_oldest_go()
    {
        for (int i = 0; i < PublishHistory.MaxKept + 10; i++)
        {
            _history.Add(Order($"s.{i}"));
        }

        PublishOrder[] kept = _history.Latest();

        Assert.Equal((PublishHistory.MaxKept, "s.59", "s.10"), (kept.Length, kept[0].Subject, kept[^1].Subject));
    }

    [Fact]
    public void The_same_once_more_moves_to_the_front()
    {
        _history.Add(Order("a"));
        _history.Add(Order("b"));
        _history.Add(Order("a"));

        Assert.Equal(["a", "b"], _history.Latest().Select(order => order.Subject));
    }

    [Fact]
    public void Large_payloads_are_not_kept()
    {
        _history.Add(Order("a", new string('x', PublishHistory.MaxPayload + 1)));

        Assert.Empty(_history.Latest());
    }

    [Fact]
    public void What_was_laid_out_is_taken_once()
    {
        _history.SetDraft(Order("a"));

        Assert.Equal("a", _history.TakeDraft()?.Subject);
        Assert.Null(_history.TakeDraft());
    }

    [Fact]
    [Trait("Safety", "UI-3")]
    public void A_message_is_quoted_for_each_place_it_is_copied_to()
    {
        var order = Order("it's.a.subject", "say \"hi\" $HOME `id`") with { Headers = "Kind: it's" };

        Dictionary<string, string> snippets = PublishSnippets.Of(order, "nats://127.0.0.1:4222", new Uri("http://127.0.0.1:8222/")).ToDictionary();

        Assert.Equal("nats pub -s nats://127.0.0.1:4222 -H 'Kind:it'\\''s' 'it'\\''s.a.subject' 'say \"hi\" $HOME `id`'", snippets["nats"]);
        Assert.Equal("await nats.PublishAsync(\"it's.a.subject\", \"say \\\"hi\\\" $HOME `id`\", headers: new NatsHeaders { [\"Kind\"] = \"it's\" });", snippets["C#"]);
        Assert.DoesNotContain("curl", snippets.Keys);
        Assert.Equal(
            "curl --data-raw 'x' 'http://127.0.0.1:8222/api/v1/publish/a.b'",
            PublishSnippets.Of(Order("a.b", "x"), "nats://127.0.0.1:4222", new Uri("http://127.0.0.1:8222/")).ToDictionary()["curl"]);
    }

    private static PublishOrder Order(string subject, string payload = "hello") =>
        new("$G", subject, "", Encoding.UTF8.GetBytes(payload), 1, 0, TimeSpan.FromSeconds(2));
}
