namespace NatsKestrel.Admin.Components.Layout;

/// <summary>The pages, in the order of the menu.</summary>
internal static class PageList
{
    /// <summary>Address from the console's base, name, and the key that goes there after <c>g</c>.</summary>
    public static readonly (string Path, string Name, char Key)[] All =
    [
        ("", "Overview", 'o'),
        ("connections", "Connections", 'c'),
        ("subjects", "Subjects", 's'),
        ("receivers", "Who receives", 'r'),
        ("slow", "Slow consumers", 'l'),
        ("nobody", "Nobody listening", 'n'),
        ("tap", "Tap", 't'),
        ("publish", "Publish", 'b'),
        ("services", "Services", 'v'),
        ("security", "Security", 'y'),
        ("logs", "Log", 'g'),
        ("config", "Configuration", 'f'),
        ("audit", "Administration", 'a'),
    ];
}
