namespace NatsKestrel.Broker.Configuration.NatsConf;

/// <summary>Subjects in a configuration file; stricter than on the wire, since nobody writes a control character on purpose.</summary>
internal static class ConfSubject
{
    /// <summary>True for tokens of visible characters with dots between, <c>&gt;</c> as the last one only.</summary>
    public static bool IsValid(string subject)
    {
        if (subject.Length == 0 || subject.Any(c => c is <= ' ' or '\x7f'))
        {
            return false;
        }

        string[] tokens = subject.Split('.');
        return !tokens.Contains("") && !tokens.SkipLast(1).Contains(">");
    }

    /// <summary>True where no token is a wildcard.</summary>
    public static bool IsLiteral(string subject) => !subject.Split('.').Any(token => token is "*" or ">");

    /// <summary>True where every subject that matches <paramref name="inner"/> matches <paramref name="outer"/> as well.</summary>
    public static bool Covers(string outer, string inner)
    {
        string[] outerTokens = outer.Split('.');
        string[] innerTokens = inner.Split('.');
        for (int i = 0; i < outerTokens.Length; i++)
        {
            if (outerTokens[i] == ">")
            {
                return innerTokens.Length > i;
            }

            if (i >= innerTokens.Length || innerTokens[i] == ">" || (outerTokens[i] != "*" && outerTokens[i] != innerTokens[i]))
            {
                return false;
            }
        }

        return outerTokens.Length == innerTokens.Length;
    }
}
