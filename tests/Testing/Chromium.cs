namespace NatsKestrel.Testing;

/// <summary>The browser of the machine.</summary>
public static class Chromium
{
    /// <summary>Why a test that needs it is skipped.</summary>
    public const string Missing = "There is no Chromium: install it, or name it in CHROMIUM_EXE.";

    /// <summary>Where it is; null where there is none.</summary>
    public static string? Executable => new[] { Environment.GetEnvironmentVariable("CHROMIUM_EXE"), "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }
        .FirstOrDefault(path => path is not null && File.Exists(path));
}
