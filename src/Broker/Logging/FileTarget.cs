using System.Globalization;
using Microsoft.Extensions.Logging;

namespace NatsKestrel.Broker.Logging;

/// <summary>Lines in a file, each written at once; set aside when it has grown to its limit.</summary>
internal sealed class FileTarget : ILogTarget
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;

    private readonly string _path;
    private readonly long _sizeLimit;
    private readonly int _maxFiles;
    private readonly LogLine _line;
    private FileStream _stream;
    private bool _canRotate = true;

    /// <summary>Opens the file.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public FileTarget(string path, long sizeLimit, int maxFiles, bool withTime, bool inUtc)
    {
        _path = Path.GetFullPath(path);
        _sizeLimit = sizeLimit;
        _maxFiles = maxFiles;
        _line = new LogLine(withTime, inUtc, isColoured: false);
        _stream = Open();
    }

    /// <inheritdoc/>
    public void Write(LogLevel level, string text, DateTimeOffset time)
    {
        try
        {
            _stream.Write(_line.Format(level, text, time));
            if (_sizeLimit > 0 && _canRotate && _stream.Length > _sizeLimit)
            {
                Rotate(time);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The disk is full, or the file was taken away.
        }
    }

    /// <summary>Opens the file by its name anew: for who has renamed it.</summary>
    public void Reopen()
    {
        FileStream next = Open();
        _stream.Dispose();
        _stream = next;
    }

    public void Dispose() => _stream.Dispose();

    private FileStream Open()
    {
        var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = Mode;
        }

        return new FileStream(_path, options);
    }

    private void Rotate(DateTimeOffset time)
    {
        // As the reference server: with a dot between all parts, and nine digits of the second.
        string backup = $"{_path}.{time.LocalDateTime.ToString("yyyy.MM.dd.HH.mm.ss.fffffff", CultureInfo.InvariantCulture)}00";
        try
        {
            File.Move(_path, backup, overwrite: false);
            Reopen();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _canRotate = false; // or each line would try again, and say so
            _stream.Write(_line.Format(LogLevel.Error, $"Unable to rotate log: {exception.Message}", time));
            return;
        }

        _stream.Write(_line.Format(LogLevel.Information, $"Rotated log, backup saved as \"{backup}\"", time));
        RemoveOldest(time);
    }

    private void RemoveOldest(DateTimeOffset time)
    {
        if (_maxFiles <= 0)
        {
            return;
        }

        // The time in the name sorts them.
        // Simple: else a question mark may stand for nothing, and the file itself would be among them.
        string[] backups = Directory.GetFiles(
            Path.GetDirectoryName(_path)!, Path.GetFileName(_path) + ".????.??.??.??.??.??.?????????", new EnumerationOptions { MatchType = MatchType.Simple });
        Array.Sort(backups, StringComparer.Ordinal);
        foreach (string backup in backups.Take(Math.Max(0, backups.Length - (_maxFiles - 1))))
        {
            File.Delete(backup);
            _stream.Write(_line.Format(LogLevel.Information, $"Purged log file \"{backup}\"", time));
        }
    }
}
