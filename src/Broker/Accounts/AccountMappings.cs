using System.Text;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Subjects;

namespace NatsKestrel.Broker.Accounts;

/// <summary>The subjects that an account replaces in what its clients publish: immutable.</summary>
internal sealed class AccountMappings
{
    private readonly Mapping[] _mappings;

    private AccountMappings(Mapping[] mappings) => _mappings = mappings;

    /// <summary>Makes mappings of valid settings.</summary>
    /// <returns>Null where there are none.</returns>
    public static AccountMappings? From(IReadOnlyCollection<MappingOptions> options) =>
        options.Count == 0 ? null : new AccountMappings([.. options.Select(ToMapping)]);

    /// <summary>Maps a published subject, once; the result is not mapped again.</summary>
    /// <param name="subject">As it was published.</param>
    /// <param name="target">Gets the new subject; another array takes its place where it is too small.</param>
    /// <param name="length">Its length: 0 where the message is lost, for the weights leave a part to nobody.</param>
    /// <returns>False where the subject stays as it is.</returns>
    public bool TryMap(ReadOnlySpan<byte> subject, ref byte[] target, out int length)
    {
        length = 0;
        foreach (Mapping mapping in _mappings)
        {
            if (!SubjectRules.Matches(mapping.Source, subject))
            {
                continue;
            }

            if (!mapping.TryDraw(out SubjectTransform? transform))
            {
                return mapping.LosesRest;
            }

            if (transform is null)
            {
                return false;
            }

            length = transform.Apply(subject, ref target, (uint)Random.Shared.Next());
            return true;
        }

        return false;
    }

    // A destination of another cluster never counts: this server is in none.
    private static Mapping ToMapping(MappingOptions options)
    {
        var here = options.Destinations.Where(destination => destination.Cluster.Length == 0).ToList();
        var transforms = here.Select(destination => (Transform(options.Source, destination.Destination), destination.Weight)).ToArray();
        return new Mapping(Encoding.UTF8.GetBytes(options.Source), transforms, LosesRest: here.Exists(destination => destination.Destination == options.Source));
    }

    // A subject that is listed among its own destinations stays what it is, wildcards included; null is that.
    private static SubjectTransform? Transform(string source, string destination) => SubjectTransform.TryCreate(source, destination, out _);

    private sealed record Mapping(byte[] Source, (SubjectTransform? Transform, int Weight)[] Destinations, bool LosesRest)
    {
        /// <summary>Draws a destination by weight; null is the subject itself.</summary>
        /// <returns>False where the draw fell on what is left of the weights.</returns>
        public bool TryDraw(out SubjectTransform? drawn)
        {
            drawn = null;
            if (Destinations is [(var only, 100)])
            {
                drawn = only;
                return true;
            }

            int draw = Random.Shared.Next(100);
            foreach ((SubjectTransform? transform, int weight) in Destinations)
            {
                if (draw < weight)
                {
                    drawn = transform;
                    return true;
                }

                draw -= weight;
            }

            return false;
        }
    }
}
