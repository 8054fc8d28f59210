namespace NatsKestrel.Testing;

/// <summary>A file of a test's own in a folder of its own, gone afterwards.</summary>
public sealed class TemporaryFile : IDisposable
{
    public TemporaryFile(string text = "", string name = "test.conf")
    {
        Folder = Directory.CreateTempSubdirectory("natskestrel-test").FullName;
        Path = System.IO.Path.Combine(Folder, name);
        if (text.Length > 0)
        {
            File.WriteAllText(Path, text);
        }
    }

    public string Folder { get; }

    public string Path { get; }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
