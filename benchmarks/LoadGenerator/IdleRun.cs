using System.Diagnostics;

namespace NatsKestrel.LoadGenerator;

/// <summary>Connections with a subscription each, opened one after the other and then left alone.</summary>
internal static class IdleRun
{
    // Past the first PING of the server, which comes about two seconds after CONNECT.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(3);

    public static Figures Play(Server server, int count)
    {
        long before = server.ResidentBytes;
        var clients = new List<Client>(count);
        try
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < count; i++)
            {
                clients.Add(new Client(server));
                clients[i].Execute(server.Dialect.Subscribe($"idle.{i}", ""));
            }

            var figures = new Figures();
            figures.Add(Figure.ConnectionsPerSecond, count / Stopwatch.GetElapsedTime(start).TotalSeconds);
            if (server.IsProcessKnown)
            {
                Thread.Sleep(Rest);
                figures.Add(Figure.MemoryPerConnection, (server.ResidentBytes - before) / 1024.0 / count);
            }

            return figures;
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }
    }
}
