using System.CommandLine;
using System.IO.Compression;
using Inference.Grounding.Evaluation;

namespace Inference.Cli.Options;

/// <summary>A file that an evaluation reads, plain or compressed by gzip.</summary>
internal sealed class EvaluationFile : IDisposable
{
    private readonly Stream _content;

    private EvaluationFile(string path, Stream content)
    {
        _content = content;
        Source = new EvaluationSource(Path.GetFileName(path), content);
    }

    /// <summary>The content; messages use the file's name without its folder.</summary>
    public EvaluationSource Source { get; }

    /// <summary>A required option that names a file.</summary>
    public static Option<string> Option(string name, string description) =>
        new(name) { HelpName = "FILE", Required = true, Description = description };

    /// <summary>Opens a file; what it begins with tells whether it is compressed. A pipe is read as it is.</summary>
    public static EvaluationFile Open(string path)
    {
        var file = File.OpenRead(path);
        return new EvaluationFile(path, file.CanSeek && IsCompressed(file) ? new GZipStream(file, CompressionMode.Decompress) : file);
    }

    public void Dispose() => _content.Dispose();

    private static bool IsCompressed(FileStream file)
    {
        Span<byte> magic = stackalloc byte[2];
        var read = file.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false);
        file.Position = 0;
        return magic[..read].SequenceEqual([(byte)0x1F, (byte)0x8B]);
    }
}
