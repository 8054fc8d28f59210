using System.Text.RegularExpressions;
using NatsKestrel.Testing;

namespace NatsKestrel.Architecture.Tests;

/// <summary>One C# file of <c>src/</c>, as text.</summary>
internal sealed partial record SourceFile(string Path, string[] Lines)
{
    /// <summary>Every file of <c>src/</c> and the host's own, without what the build made.</summary>
    public static IReadOnlyList<SourceFile> All { get; } =
        [.. Find("*.cs").Append("Program.cs").Select(path => new SourceFile(path, File.ReadAllLines(System.IO.Path.Combine(Repository.Root, path))))];

    /// <summary>The files of <c>src/</c> with such a name, relative to the root, with forward slashes.</summary>
    public static IEnumerable<string> Find(string pattern) =>
        from path in Directory.EnumerateFiles(System.IO.Path.Combine(Repository.Root, "src"), pattern, SearchOption.AllDirectories)
        let relative = System.IO.Path.GetRelativePath(Repository.Root, path).Replace('\\', '/')
        where !relative.Split('/').Any(part => part is "bin" or "obj")
        select relative;

    /// <summary>Its folder below the project, for example <c>Subjects</c> in <c>src/Broker/Subjects/Sublist.cs</c>; empty beside the project file.</summary>
    public string Folder => Path.Split('/') is { Length: > 3 } parts ? parts[2] : "";

    /// <summary>Its project, for example <c>Broker</c>; empty for the host.</summary>
    public string Project => Path.Split('/') is { Length: > 1 } parts ? parts[1] : "";

    /// <summary>The lines with comments taken out, numbered from 1.</summary>
    public IEnumerable<(int Number, string Text)> Code =>
        Lines.Select((line, index) => (index + 1, LineComment().Replace(line, "")));

    [GeneratedRegex(@"(^|\s)//.*$")]
    private static partial Regex LineComment();
}
