using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace NatsKestrel.Broker.Accounts.Authentication;

/// <summary>The user names that a client certificate can stand for, the first to be tried first.</summary>
internal static class CertificateNames
{
    private const string SubjectAlternativeName = "2.5.29.17";
    private static readonly Asn1Tag Email = new(TagClass.ContextSpecific, 1);
    private static readonly Asn1Tag DnsName = new(TagClass.ContextSpecific, 2);
    private static readonly Asn1Tag Uri = new(TagClass.ContextSpecific, 6);

    /// <summary>E-mail addresses, DNS names, URIs, then the distinguished name in the forms that nats-server tries.</summary>
    public static IEnumerable<string> Of(X509Certificate2? certificate)
    {
        if (certificate is null)
        {
            return [];
        }

        var alternatives = ReadAlternatives(certificate);
        return alternatives.Where(name => name.Tag == Email).Concat(alternatives.Where(name => name.Tag == DnsName))
            .Concat(alternatives.Where(name => name.Tag == Uri)).Select(name => name.Text)
            .Concat(DistinguishedNames(certificate.SubjectName));
    }

    // RFC 2253 puts the last part first; people write both.
    private static string[] DistinguishedNames(X500DistinguishedName subject)
    {
        string[] parts = [.. subject.EnumerateRelativeDistinguishedNames(reversed: true)
            .Where(part => !part.HasMultipleElements && part.GetSingleElementValue() is not null)
            .Select(part => $"{ShortName(part.GetSingleElementType().Value!)}={part.GetSingleElementValue()}")];
        return parts.Length == 0 ? [] : [string.Join(',', parts), string.Join(',', parts.Reverse()), string.Join(", ", parts), string.Join(", ", parts.Reverse())];
    }

    private static string ShortName(string oid) => oid switch
    {
        "2.5.4.3" => "CN",
        "2.5.4.5" => "SERIALNUMBER",
        "2.5.4.6" => "C",
        "2.5.4.7" => "L",
        "2.5.4.8" => "ST",
        "2.5.4.9" => "STREET",
        "2.5.4.10" => "O",
        "2.5.4.11" => "OU",
        "2.5.4.17" => "POSTALCODE",
        "0.9.2342.19200300.100.1.25" => "DC",
        _ => oid,
    };

    private static List<(Asn1Tag Tag, string Text)> ReadAlternatives(X509Certificate2 certificate)
    {
        var names = new List<(Asn1Tag, string)>();
        foreach (X509Extension extension in certificate.Extensions)
        {
            if (extension.Oid?.Value != SubjectAlternativeName)
            {
                continue;
            }

            AsnReader reader = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
            while (reader.HasData)
            {
                Asn1Tag tag = reader.PeekTag();
                if (tag == Email || tag == DnsName || tag == Uri)
                {
                    names.Add((tag, reader.ReadCharacterString(UniversalTagNumber.IA5String, tag)));
                }
                else
                {
                    reader.ReadEncodedValue();
                }
            }
        }

        return names;
    }
}
