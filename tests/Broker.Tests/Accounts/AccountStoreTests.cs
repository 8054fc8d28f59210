using System.Security.Cryptography;
using System.Text;
using NatsKestrel.Broker.Accounts.Jwt;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Broker.Tests.Accounts;

/// <summary>The directory of account JWTs.</summary>
public sealed class AccountStoreTests : IDisposable
{
    private static readonly string One = TestNkey.Account().Public;
    private static readonly string Other = TestNkey.Account().Public;

    private readonly TemporaryFile _place = new();

    private string Folder => Path.Combine(_place.Folder, "jwt");

    [Fact]
    public void What_was_saved_is_found_again_after_a_restart()
    {
        AccountStore store = Open();

        Assert.Null(store.Save(One, "first"));
        Assert.Null(store.Save(One, "second"));

        Assert.Equal("second", store.Find(One));
        Assert.Equal("second", Open().Find(One));
        Assert.Equal([One + ".jwt"], Directory.EnumerateFiles(Folder).Select(Path.GetFileName));
        Assert.Equal("second", File.ReadAllText(Path.Combine(Folder, One + ".jwt")));
    }

    [Fact]
    public void Nobody_else_can_read_the_files()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("There are no such modes.");
            return;
        }

        Open().Save(One, "jwt");

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(Folder, One + ".jwt")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Folder));
    }

    [Theory]
    [InlineData("")]
    [InlineData("../evil")]
    [InlineData("A")]
    public void Only_an_accounts_key_becomes_a_files_name(string account)
    {
        Assert.Equal("invalid public key", Open().Save(account, "jwt"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Folder));
    }

    [Fact]
    public void What_is_no_account_in_the_directory_is_not_looked_at()
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(Path.Combine(Folder, "readme.jwt"), "x");
        File.WriteAllText(Path.Combine(Folder, One + ".jwt.part"), "half");

        Assert.Empty(Open().Accounts);
    }

    [Fact]
    public void A_full_store_takes_no_further_account_but_new_JWTs_of_those_it_has()
    {
        AccountStore store = Open(limit: 1);

        Assert.Null(store.Save(One, "1"));
        Assert.Equal("jwt store is full", store.Save(Other, "2"));
        Assert.Null(store.Save(One, "3"));
    }

    [Fact]
    public void Deleted_accounts_are_gone_and_their_files_can_be_found()
    {
        AccountStore store = Open();
        store.Save(One, "1");
        store.Save(Other, "2");

        Assert.Null(store.Delete([One, TestNkey.Account().Public]));

        Assert.Equal([Other], store.Accounts);
        Assert.Equal([Other], Open().Accounts);
        Assert.Equal("1", File.ReadAllText(Path.Combine(Folder, One + ".jwt.deleted")));
    }

    [Fact]
    public void A_pack_has_everything_unless_the_other_has_it_too()
    {
        AccountStore store = Open();
        store.Save(One, "1");
        store.Save(Other, "2");
        byte[] same = [.. SHA256.HashData("1"u8).Zip(SHA256.HashData("2"u8), (one, other) => (byte)(one ^ other))];

        Assert.Equal(new[] { $"{One}|1", $"{Other}|2" }.Order(StringComparer.Ordinal), store.Pack([]));
        Assert.Equal(2, store.Pack(Encoding.UTF8.GetBytes("something else")).Count);
        Assert.Empty(store.Pack(same));
    }

    public void Dispose() => _place.Dispose();

    private AccountStore Open(int limit = 0) => AccountStore.Open(new ResolverOptions { Type = "full", Dir = Folder, Limit = limit })!;
}
