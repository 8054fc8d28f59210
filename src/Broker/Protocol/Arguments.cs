namespace NatsKestrel.Broker.Protocol;

/// <summary>Takes arguments off a control line: tokens between runs of blanks, and numbers.</summary>
internal static class Arguments
{
    public static bool IsBlank(byte value) => value is (byte)' ' or (byte)'\t';

    public static ReadOnlySpan<byte> TrimStart(ReadOnlySpan<byte> text)
    {
        int start = 0;
        while (start < text.Length && IsBlank(text[start]))
        {
            start++;
        }

        return text[start..];
    }

    public static ReadOnlySpan<byte> TrimEnd(ReadOnlySpan<byte> text)
    {
        int end = text.Length;
        while (end > 0 && IsBlank(text[end - 1]))
        {
            end--;
        }

        return text[..end];
    }

    /// <summary>Takes the next argument off the front, empty where there is none, and the blanks behind it.</summary>
    public static ReadOnlySpan<byte> TakeToken(scoped ref ReadOnlySpan<byte> arguments)
    {
        int blank = arguments.IndexOfAny((byte)' ', (byte)'\t');
        int end = blank < 0 ? arguments.Length : blank;
        var token = arguments[..end];
        arguments = TrimStart(arguments[end..]);
        return token;
    }

    /// <summary>Takes the number at the end of the arguments off them; the blank before it stays.</summary>
    public static int TakeLastNumber(scoped ref ReadOnlySpan<byte> arguments, out ReadOnlySpan<byte> text)
    {
        var rest = TrimEnd(arguments);
        int number = TakeDigits(rest, out int digits);
        int start = rest.Length - digits;
        if (number < 0 || start == 0 || !IsBlank(rest[start - 1]))
        {
            ControlLine.Throw(ProtocolError.Violation);
        }

        text = rest[start..];
        arguments = rest[..start];
        return number;
    }

    /// <summary>The number whose digits end <paramref name="text"/>, or -1 unless they are one to nine.</summary>
    public static int TakeDigits(ReadOnlySpan<byte> text, out int digits)
    {
        int number = 0;
        int scale = 1;
        int start = text.Length;
        while (start > 0 && (uint)(text[start - 1] - '0') <= 9)
        {
            start--;
            number = unchecked(number + ((text[start] - '0') * scale));
            scale = unchecked(scale * 10);
        }

        digits = text.Length - start;
        return digits is >= 1 and <= 9 ? number : -1;
    }
}
