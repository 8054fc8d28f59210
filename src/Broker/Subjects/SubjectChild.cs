namespace NatsKestrel.Broker.Subjects;

/// <summary>One token that follows a prefix in the subjects of a <see cref="Sublist{T}"/>.</summary>
/// <param name="Token">The token, as text; <c>*</c> and <c>&gt;</c> where subscriptions have them.</param>
/// <param name="Here">Entries whose subject ends with this token.</param>
/// <param name="Below">Entries whose subject goes on behind it.</param>
internal readonly record struct SubjectChild(ReadOnlyMemory<byte> Token, int Here, int Below);
