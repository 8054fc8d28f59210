namespace NatsKestrel.Broker.Subjects;

/// <summary>One token of a transformed subject.</summary>
/// <param name="Function">How it is made.</param>
/// <param name="Wildcards">Places of the source's tokens that it is made of.</param>
/// <param name="Argument">Number of partitions, or a position, a size, a length.</param>
/// <param name="Text">Plain text, or what a token is split at.</param>
internal readonly record struct SubjectPart(SubjectFunction Function, int[]? Wildcards = null, int Argument = 0, byte[]? Text = null)
{
    /// <summary>Writes the token; several with dots between them where it is cut.</summary>
    public void Write(ReadOnlySpan<byte> subject, ref SubjectWriter target, uint random)
    {
        switch (Function)
        {
            case SubjectFunction.None:
                target.Write(Text);
                break;
            case SubjectFunction.Partition:
                target.Write(Hash(subject) % (uint)Argument);
                break;
            case SubjectFunction.Random:
                target.Write(random % (uint)Argument);
                break;
            default:
                WriteCut(SubjectTransform.Token(subject, Wildcards![0]), ref target);
                break;
        }
    }

    private void WriteCut(ReadOnlySpan<byte> token, ref SubjectWriter target)
    {
        // A token that is too short to be cut stays whole.
        int length = token.Length, at = Argument;
        bool isCut = at > 0 && at < length;
        switch (Function)
        {
            case SubjectFunction.SplitFromLeft when isCut:
                WritePair(token[..at], token[at..], ref target);
                break;
            case SubjectFunction.SplitFromRight when isCut:
                WritePair(token[..^at], token[^at..], ref target);
                break;
            case SubjectFunction.SliceFromLeft when isCut:
                WriteSlices(token, at, ref target);
                break;
            case SubjectFunction.SliceFromRight when isCut:
                WriteSlices(token, length % at == 0 ? at : length % at, ref target);
                break;
            case SubjectFunction.Split:
                WriteSplit(token, ref target);
                break;
            case SubjectFunction.Left when isCut:
                target.Write(token[..at]);
                break;
            case SubjectFunction.Right when isCut:
                target.Write(token[^at..]);
                break;
            default:
                target.Write(token);
                break;
        }
    }

    private static void WritePair(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, ref SubjectWriter target)
    {
        target.Write(left);
        target.Write("."u8);
        target.Write(right);
    }

    // The first slice may be shorter, or the last.
    private void WriteSlices(ReadOnlySpan<byte> token, int first, ref SubjectWriter target)
    {
        target.Write(token[..first]);
        for (token = token[first..]; !token.IsEmpty; token = token[Math.Min(Argument, token.Length)..])
        {
            target.Write("."u8);
            target.Write(token[..Math.Min(Argument, token.Length)]);
        }
    }

    private void WriteSplit(ReadOnlySpan<byte> token, ref SubjectWriter target)
    {
        bool isFirst = true;
        foreach (Range range in token.Split(Text.AsSpan()))
        {
            if (token[range].IsEmpty)
            {
                continue;
            }

            if (!isFirst)
            {
                target.Write("."u8);
            }

            target.Write(token[range]);
            isFirst = false;
        }
    }

    // FNV-1a over the tokens, or over the whole subject where none is named: as nats-server, so that both find the same partition.
    private uint Hash(ReadOnlySpan<byte> subject)
    {
        uint hash = 2166136261;
        if (Wildcards!.Length == 0)
        {
            return Hash(subject, hash);
        }

        foreach (int index in Wildcards)
        {
            hash = Hash(SubjectTransform.Token(subject, index), hash);
        }

        return hash;
    }

    private static uint Hash(ReadOnlySpan<byte> text, uint hash)
    {
        foreach (byte value in text)
        {
            hash = (hash ^ value) * 16777619;
        }

        return hash;
    }
}
