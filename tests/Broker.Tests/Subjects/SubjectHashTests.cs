using System.Reflection;
using System.Runtime.Loader;
using System.Text;
using NatsKestrel.Broker.Subjects;
using Xunit;

namespace NatsKestrel.Broker.Tests.Subjects;

public class SubjectHashTests
{
    private delegate ulong Hash(ReadOnlySpan<byte> text);

    [Fact]
    public void Texts_that_differ_in_one_byte_or_in_length_have_different_hashes()
    {
        var seen = new HashSet<ulong>();
        for (int length = 0; length < 40; length++)
        {
            byte[] text = new byte[length];
            Assert.True(seen.Add(SubjectHash.Compute(text)));
            for (int i = 0; i < length; i++)
            {
                text[i] = 1;
                Assert.True(seen.Add(SubjectHash.Compute(text)));
                text[i] = 0;
            }
        }
    }

    [Fact]
    [Trait("Safety", "SUBJ-7")]
    public void Numbered_tokens_spread_over_a_table_as_if_at_random()
    {
        int[] places = new int[1 << 16];
        for (int i = 0; i < places.Length; i++)
        {
            places[SubjectHash.OfToken(Encoding.ASCII.GetBytes($"device-{i}")) & (places.Length - 1)]++;
        }

        // One in e stays empty on average, and no place gets a dozen.
        Assert.InRange(places.Count(count => count == 0) / (double)places.Length, 0.35, 0.39);
        Assert.InRange(places.Max(), 4, 14);
    }

    [Fact]
    [Trait("Safety", "SUBJ-7")]
    public void Another_process_has_other_hashes()
    {
        // Statics belong to the load context: to load the assembly again is, to them, another process.
        var context = new AssemblyLoadContext(null, isCollectible: true);
        Type type = context.LoadFromAssemblyPath(typeof(SubjectHash).Assembly.Location).GetType(typeof(SubjectHash).FullName!)!;
        Hash other = type.GetMethod(nameof(SubjectHash.Compute), BindingFlags.Public | BindingFlags.Static)!.CreateDelegate<Hash>();

        Assert.NotEqual(SubjectHash.Compute("a.b"u8), other("a.b"u8));
        Assert.NotEqual(SubjectHash.Compute("a longer subject"u8), other("a longer subject"u8));
        context.Unload();
    }
}
