using System.Globalization;

namespace NatsKestrel.LoadGenerator;

/// <summary>What is said to a server, and what comes back: NATS' own protocol, or that of the SignalR hub in JSON.</summary>
internal abstract class Dialect
{
    public static Dialect Nats { get; } = new NatsDialect();

    public static Dialect Hub { get; } = new HubDialect();

    /// <summary>What the server says first; empty where it waits.</summary>
    public abstract string Greeting { get; }

    /// <summary>What it is asked, to be answered once all before it is done.</summary>
    public abstract string Ping { get; }

    /// <summary>The answer to <see cref="Ping"/>.</summary>
    public abstract string Pong { get; }

    /// <summary>How an error begins.</summary>
    public abstract string Error { get; }

    /// <summary>What the server asks now and then, and what it is answered: no part of what was published.</summary>
    public abstract (string Question, string Answer) KeepAlive { get; }

    public abstract string Connect(string credentials);

    public abstract string Subscribe(string subject, string queue);

    public abstract string Publish(string subject, string reply, string payload);

    /// <summary>The same as a subscriber gets it.</summary>
    public abstract string Delivered(string subject, string reply, string payload);

    private sealed class NatsDialect : Dialect
    {
        public override string Greeting => "\r\n";

        public override string Ping => "PING\r\n";

        public override string Pong => "PONG\r\n";

        public override string Error => "-ERR";

        public override (string Question, string Answer) KeepAlive => (Ping, Pong);

        public override string Connect(string credentials) =>
            $"CONNECT {{\"verbose\":false,\"pedantic\":false,\"lang\":\"load\",\"version\":\"1\",\"protocol\":1,\"headers\":true{credentials}}}\r\n";

        public override string Subscribe(string subject, string queue) => $"SUB {subject} {queue} 1\r\n";

        public override string Publish(string subject, string reply, string payload) =>
            string.Create(CultureInfo.InvariantCulture, $"PUB {subject} {reply} {payload.Length}\r\n{payload}\r\n");

        public override string Delivered(string subject, string reply, string payload) =>
            string.Create(CultureInfo.InvariantCulture, $"MSG {subject} 1 {(reply.Length > 0 ? reply + " " : "")}{payload.Length}\r\n{payload}\r\n");
    }

    // Messages end with a record separator; one WebSocket message may hold many of them.
    private sealed class HubDialect : Dialect
    {
        public override string Greeting => "";

        public override string Ping => "{\"type\":1,\"invocationId\":\"p\",\"target\":\"Publish\",\"arguments\":[\"bench.ping\",{\"text\":\"\"}]}\u001e";

        public override string Pong => "{\"type\":3,\"invocationId\":\"p\",\"result\":null}\u001e";

        public override string Error => "{\"error\"";

        public override (string Question, string Answer) KeepAlive => ("{\"type\":6}\u001e", "{\"type\":6}\u001e");

        public override string Connect(string credentials) => "{\"protocol\":\"json\",\"version\":1}\u001e";

        public override string Subscribe(string subject, string queue) =>
            $"{{\"type\":4,\"invocationId\":\"1\",\"target\":\"Subscribe\",\"arguments\":[\"{subject}\",\"{queue}\"]}}\u001e";

        public override string Publish(string subject, string reply, string payload) =>
            $"{{\"type\":1,\"target\":\"Publish\",\"arguments\":[\"{subject}\",{{\"text\":\"{payload}\"}}]}}\u001e";

        public override string Delivered(string subject, string reply, string payload) =>
            $"{{\"type\":2,\"invocationId\":\"1\",\"item\":{{\"subject\":\"{subject}\",\"reply\":null,\"text\":\"{payload}\",\"data\":null,\"headers\":null}}}}\u001e";
    }
}
