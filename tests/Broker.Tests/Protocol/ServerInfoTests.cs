using System.Text;
using NatsKestrel.Broker.Protocol;
using Xunit;

namespace NatsKestrel.Broker.Tests.Protocol;

public class ServerInfoTests
{
    private static readonly ServerInfo Info = new()
    {
        ServerId = "NID",
        ServerName = "t1",
        Version = "2.15.1",
        Go = "go1.27.2",
        Host = "127.0.0.1",
        Port = 4222,
        Headers = true,
        MaxPayload = 1048576,
        ClientId = 6,
        ClientIp = "127.0.0.1",
        Xkey = "XID",
    };

    [Fact]
    public void A_plain_server_sends_what_the_reference_server_sends()
    {
        Assert.Equal(
            """INFO {"server_id":"NID","server_name":"t1","version":"2.15.1","proto":1,"go":"go1.27.2","host":"127.0.0.1","port":4222,"headers":true,"max_payload":1048576,"client_id":6,"client_ip":"127.0.0.1","api_lvl":5,"xkey":"XID"} """ + "\r\n",
            Line(Info));
    }

    [Fact]
    public void The_INFO_after_CONNECT_names_the_account()
    {
        string line = Line(Info with { ConnectInfo = true, RemoteAccount = "$SYS", IsSystemAccount = true });

        Assert.Contains(""","client_ip":"127.0.0.1","connect_info":true,"remote_account":"$SYS","acc_is_sys":true,"api_lvl":5""", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Optional_fields_stand_where_the_reference_server_puts_them()
    {
        string line = Line(Info with
        {
            AuthRequired = true,
            TlsRequired = true,
            TlsVerify = true,
            TlsAvailable = true,
            Nonce = "abc",
            Cluster = "c",
            ConnectUrls = ["a:1", "b:2"],
            LameDuck = true,
        });

        Assert.Contains(""","headers":true,"auth_required":true,"tls_required":true,"tls_verify":true,"tls_available":true,"max_payload":""", line, StringComparison.Ordinal);
        Assert.Contains(""","client_ip":"127.0.0.1","nonce":"abc","cluster":"c","connect_urls":["a:1","b:2"],"ldm":true,"api_lvl":5""", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<a>&'+`/", """\u003ca\u003e\u0026'+`/""")]
    [InlineData("é漢\ud83d\ude00\u007f", "é漢\ud83d\ude00\u007f")]
    [InlineData("\"\\\n\r\t\b\f\u0001\u001f", """\"\\\n\r\t\b\f\u0001\u001f""")]
    [InlineData("\u2028\u2029", """\u2028\u2029""")]
    public void Strings_are_escaped_as_Go_escapes_them(string name, string escaped)
    {
        Assert.Contains($"\"server_name\":\"{escaped}\",", Line(Info with { ServerName = name }), StringComparison.Ordinal);
    }

    private static string Line(ServerInfo info) => Encoding.UTF8.GetString(info.ToLine());
}
