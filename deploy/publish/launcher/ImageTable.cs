using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Glassbox.Launcher;

/// <summary>A program inside the file: where it stands and the processors it is for.</summary>
internal readonly record struct Image(string Level, long Offset, long Length);

/// <summary>
/// The images behind the launcher. The file ends with <see cref="TrailerBytes"/> of text: a line that names the format, one line
/// <c>LEVEL OFFSET LENGTH</c> for each image, best first, then spaces.
/// </summary>
internal sealed class ImageTable
{
    /// <summary>Takes the image of this level instead of the best one.</summary>
    public const string LevelVariable = "GLASSBOX_INSTRUCTION_SET";

    private const string Format = "glassbox-images-1";
    private const int TrailerBytes = 512;
    private readonly IReadOnlyList<Image> _images;

    private ImageTable(IReadOnlyList<Image> images) => _images = images;

    /// <summary>Reads the end of the file.</summary>
    /// <exception cref="LaunchException">There is no table, or it does not fit the file.</exception>
    public static ImageTable Read(SafeFileHandle file)
    {
        var end = RandomAccess.GetLength(file) - TrailerBytes;
        Span<byte> trailer = stackalloc byte[TrailerBytes];
        if (end <= 0 || RandomAccess.Read(file, trailer, end) != TrailerBytes)
            throw Broken();
        var lines = Encoding.ASCII.GetString(trailer).TrimEnd(' ', '\n').Split('\n');
        if (lines[0] != Format)
            throw Broken();
        return new ImageTable([.. lines[1..].Select(line => Parse(line, end))]);
    }

    /// <summary>The best image that this processor runs, or the one that is asked for.</summary>
    /// <exception cref="LaunchException">There is none.</exception>
    public Image Choose(string? asked)
    {
        foreach (var image in _images)
        {
            if (string.IsNullOrEmpty(asked) ? Processor.Runs(image.Level) : image.Level == asked)
            {
                return Processor.Runs(image.Level)
                    ? image
                    : throw new LaunchException($"{LevelVariable}: found {asked}, which this processor does not have");
            }
        }

        var levels = string.Join(", ", _images.Select(image => image.Level));
        throw new LaunchException(string.IsNullOrEmpty(asked)
            ? $"this processor has none of {levels}; publish with an older level"
            : $"{LevelVariable}: found '{asked}'; there are {levels}");
    }

    private static Image Parse(string line, long end)
    {
        var fields = line.Split(' ');
        return fields.Length == 3
            && long.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
            && long.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            && length > 0 && offset <= end && length <= end - offset
            ? new Image(fields[0], offset, length)
            : throw Broken();
    }

    private static LaunchException Broken() => new("the program's file is not whole");
}
