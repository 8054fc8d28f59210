using System.Runtime.Versioning;
using Microsoft.Extensions.Logging;
using NatsKestrel.Broker.Logging;
using Xunit;

namespace NatsKestrel.Broker.Tests.Logging;

[UnsupportedOSPlatform("windows")]
public sealed class FileTargetTests : IDisposable
{
    private static readonly DateTimeOffset Time = new(2026, 11, 25, 8, 6, 49, TimeSpan.Zero);
    private readonly string _folder = Directory.CreateTempSubdirectory("log-test").FullName;

    private string FilePath => Path.Combine(_folder, "nats.log");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Lines_are_appended_and_only_owner_and_group_may_read_them()
    {
        File.WriteAllText(FilePath, "before\n");
        using (var target = new FileTarget(FilePath, 0, 0, withTime: false, inUtc: false))
        {
            target.Write(LogLevel.Information, "hello", Time);
        }

        Assert.Equal($"before\n[{Environment.ProcessId}] [INF] hello\n", File.ReadAllText(FilePath));
        string fresh = Path.Combine(_folder, "fresh.log");
        new FileTarget(fresh, 0, 0, withTime: false, inUtc: false).Dispose();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(fresh));
    }

    [Fact]
    public void A_file_that_has_grown_to_its_limit_is_set_aside_and_only_so_many_are_kept()
    {
        using var target = new FileTarget(FilePath, sizeLimit: 60, maxFiles: 2, withTime: true, inUtc: true);
        for (int i = 0; i < 4; i++)
        {
            target.Write(LogLevel.Information, new string('x', 60), Time.AddSeconds(i));
        }

        string backup = Assert.Single(Directory.GetFiles(_folder, "nats.log.2*"));
        string now = File.ReadAllText(FilePath);
        Assert.Contains($"[INF] Rotated log, backup saved as \"{backup}\"", now, StringComparison.Ordinal);
        Assert.Contains("[INF] Purged log file ", now, StringComparison.Ordinal);
    }

    [Fact]
    public void Opened_anew_it_is_the_file_of_that_name()
    {
        using var target = new FileTarget(FilePath, 0, 0, withTime: false, inUtc: false);
        target.Write(LogLevel.Warning, "one", Time);
        File.Move(FilePath, FilePath + ".old");

        target.Reopen();
        target.Write(LogLevel.Error, "two", Time);

        Assert.EndsWith("[WRN] one\n", File.ReadAllText(FilePath + ".old"), StringComparison.Ordinal);
        Assert.EndsWith("[ERR] two\n", File.ReadAllText(FilePath), StringComparison.Ordinal);
    }
}
