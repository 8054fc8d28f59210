using System.Text;

namespace NatsKestrel.Broker.Configuration.NatsConf;

/// <summary>One reading of a configuration: its files, and the environment that its variables may come from.</summary>
/// <param name="environment">Value of an environment variable, or null.</param>
/// <param name="readFile">The bytes of a file.</param>
/// <param name="readMode">Who may read a file; null where the system does not say.</param>
internal sealed class ConfReading(Func<string, string?> environment, Func<string, byte[]> readFile, Func<string, UnixFileMode?> readMode)
{
    // A file that includes itself would go on forever; and one that includes two that include two …, almost forever.
    private const int MaxIncludeDepth = 16;
    private const int MaxFiles = 1024;

    private readonly List<string> _files = [];
    private readonly HashSet<string> _pendingVariables = [];
    private int _includeDepth;

    /// <summary>Every file read, in the order of reading: the main file first.</summary>
    public IReadOnlyList<string> Files => _files;

    /// <summary>The files read that not only their owner may read.</summary>
    public IEnumerable<string> FilesOpenToOthers =>
        _files.Where(file => (readMode(file) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)) is not (null or UnixFileMode.None));

    /// <summary>Reads from disk and from the environment of the process.</summary>
    /// <param name="folder">What names of files are relative to.</param>
    public static ConfReading OfThisProcess(string folder) => new(
        Environment.GetEnvironmentVariable,
        file => File.ReadAllBytes(Path.GetFullPath(file, folder)),
        file => OperatingSystem.IsWindows() ? null : File.GetUnixFileMode(Path.GetFullPath(file, folder)));

    /// <summary>The tree of a file and all that it includes.</summary>
    /// <exception cref="ConfSyntaxException">It is no configuration.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public ConfEntries Read(string file)
    {
        _files.Add(file);
        return ConfParser.Parse(readFile(file), file, this);
    }

    /// <summary>The pairs of an included file, whose name is relative to the folder of the including one.</summary>
    public ConfEntries Include(string name, ConfPosition position)
    {
        string file = Join(Path.GetDirectoryName(position.File) ?? "", name);
        if (_includeDepth == MaxIncludeDepth || _files.Count == MaxFiles)
        {
            throw new ConfSyntaxException($"error parsing include file '{name}', includes go deeper than {MaxIncludeDepth} files or take more than {MaxFiles}");
        }

        _includeDepth++;
        try
        {
            return Read(file);
        }
        catch (ConfSyntaxException problem)
        {
            throw new ConfSyntaxException($"error parsing include file '{name}', {problem.Message}");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new ConfSyntaxException($"error parsing include file '{name}', open {file}: {Reason(problem)}");
        }
        finally
        {
            _includeDepth--;
        }
    }

    // As Go does: the name goes below the folder even where it begins with a slash, and what points back is resolved.
    private static string Join(string folder, string name)
    {
        char[] separators = [Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar];
        bool isRooted = folder.Length > 0 && separators.Contains(folder[0]);
        var parts = new List<string>();
        foreach (string part in $"{folder}/{name}".Split(separators))
        {
            if (part == ".." && parts.Count > 0 && parts[^1] != "..")
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part is not ("" or ".") && !(part == ".." && isRooted))
            {
                parts.Add(part);
            }
        }

        return (isRooted ? "/" : "") + string.Join('/', parts);
    }

    /// <summary>Why a file could not be opened, as nats-server says it.</summary>
    public static string Reason(Exception problem) => problem switch
    {
        FileNotFoundException or DirectoryNotFoundException => "no such file or directory",
        UnauthorizedAccessException => "permission denied",
        _ => problem.Message,
    };

    /// <summary>The value of an environment variable, whose text is read as a value in a file would be.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shownName">The same for messages: in place of a password it may be one, which only happened to start with a dollar sign.</param>
    /// <param name="position">Where it is referred to.</param>
    /// <exception cref="ConfSyntaxException">There is none.</exception>
    public ConfValue ReadVariable(string name, string shownName, ConfPosition position)
    {
        if (environment(name) is { } text)
        {
            try
            {
                if (!_pendingVariables.Add(name))
                {
                    throw new ConfSyntaxException($"variable reference cycle for '{shownName}'");
                }

                var entries = ConfParser.Parse(Encoding.UTF8.GetBytes($"pk={text}"), "", this);
                if (entries.TryGet("pk", out var entry))
                {
                    return entry.Value with { Position = position };
                }
            }
            catch (ConfSyntaxException problem)
            {
                throw new ConfSyntaxException($"variable reference for '{shownName}' on line {position.Line} could not be parsed: {(shownName == name ? problem.Message : shownName)}");
            }
            finally
            {
                _pendingVariables.Remove(name);
            }
        }

        throw new ConfSyntaxException($"variable reference for '{shownName}' on line {position.Line} can not be found");
    }
}
