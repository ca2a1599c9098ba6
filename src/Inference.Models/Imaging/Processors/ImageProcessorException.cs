namespace Inference.Models.Imaging;

/// <summary>An image processor configuration that cannot be followed. Names the file and the key.</summary>
public sealed class ImageProcessorException : Exception
{
    /// <summary>Creates the error.</summary>
    public ImageProcessorException(string file, string key, string problem, Exception? inner = null)
        : base($"{file}: {key}: {problem}", inner) => (File, Key) = (file, key);

    /// <summary>The file, or the name the caller gave the JSON.</summary>
    public string File { get; }

    /// <summary>The key at fault.</summary>
    public string Key { get; }
}
