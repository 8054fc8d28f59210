namespace NatsKestrel.Admin.Components.Layout;

/// <summary>What the pages of one browser tab share.</summary>
internal sealed class ConsoleState
{
    /// <summary>True while the numbers stand still, so that they can be read.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>True while the tab is behind others: it is refreshed every ten seconds then.</summary>
    public bool IsHidden { get; set; }

    public event Action? Changed;

    public void TogglePause()
    {
        IsPaused = !IsPaused;
        Changed?.Invoke();
    }
}
