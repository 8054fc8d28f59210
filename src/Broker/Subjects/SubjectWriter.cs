namespace NatsKestrel.Broker.Subjects;

/// <summary>Writes a subject into an array that grows when it has to.</summary>
internal ref struct SubjectWriter(byte[] buffer)
{
    /// <summary>The array; another one after it grew.</summary>
    public byte[] Buffer { get; private set; } = buffer;

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    public void Write(scoped ReadOnlySpan<byte> text)
    {
        if (Length + text.Length > Buffer.Length)
        {
            byte[] larger = new byte[Math.Max(Length + text.Length, Math.Max(64, Buffer.Length * 2))];
            Buffer.AsSpan(0, Length).CopyTo(larger);
            Buffer = larger;
        }

        text.CopyTo(Buffer.AsSpan(Length));
        Length += text.Length;
    }

    public void Write(uint number)
    {
        Span<byte> digits = stackalloc byte[10];
        number.TryFormat(digits, out int length, default, System.Globalization.CultureInfo.InvariantCulture);
        Write(digits[..length]);
    }
}
