namespace NatsKestrel.Broker.Configuration;

/// <summary>What one part does when a reload is applied.</summary>
/// <param name="Commit">Applies it. Must not fail: whatever can fail belongs into the preparation.</param>
/// <param name="Undo">Gives back what the preparation took, where another part refused; null for nothing.</param>
/// <param name="Lines">Lines for the log once all is applied, such as <c>Reloaded: accounts</c>, beside those about plain options.</param>
internal sealed record ReloadStep(Action Commit, Action? Undo = null, IReadOnlyList<string>? Lines = null);
