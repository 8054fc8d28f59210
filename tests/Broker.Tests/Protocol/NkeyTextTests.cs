using NatsKestrel.Broker.Protocol;
using Xunit;

namespace NatsKestrel.Broker.Tests.Protocol;

public class NkeyTextTests
{
    /// <summary>Ids that a nats-server 2.15.1 sent in its INFO.</summary>
    [Theory]
    [InlineData("NCPRIKSN7IJIEG6OYKQYF4IJEB73BPLGSY4EO2RFC44CAY4VCBOVYE35")]
    [InlineData("XAD74RIYZ76L5DMRIYV5MUORFP6MT6WN4VAYQCPU234NVZBN7WTVIG42")]
    public void An_id_of_the_reference_server_comes_out_as_it_was(string id)
    {
        byte[] raw = Decode(id);

        Assert.Equal(id, NkeyText.Encode(raw[0], raw.AsSpan(1, 32)));
    }

    [Fact]
    public void The_checksum_is_CRC16_XMODEM() => Assert.Equal(0x31C3, NkeyText.Crc16("123456789"u8));

    [Fact]
    public void New_ids_are_valid_and_differ()
    {
        AssertValid('N', NkeyText.NewServerId());
        AssertValid('X', NkeyText.NewCurveKey());
        Assert.NotEqual(NkeyText.NewServerId(), NkeyText.NewServerId());
    }

    private static void AssertValid(char kind, string id)
    {
        byte[] raw = Decode(id);
        Assert.Equal(56, id.Length);
        Assert.Equal(kind, id[0]);
        Assert.Equal(NkeyText.Crc16(raw.AsSpan(0, 33)), raw[33] | (raw[34] << 8));
    }

    private static byte[] Decode(string id)
    {
        string bits = string.Concat(id.Select(letter => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(letter), 2).PadLeft(5, '0')));
        return [.. bits.Chunk(8).Select(octet => Convert.ToByte(new string(octet), 2))];
    }
}
