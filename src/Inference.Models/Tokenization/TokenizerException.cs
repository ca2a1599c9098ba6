namespace Inference.Models.Tokenization;

/// <summary>
/// A <c>tokenizer.json</c> that cannot be used, or text that it cannot encode. The message names the file, the place in it as a
/// JSON path such as <c>$.pre_tokenizer.pretokenizers[1].type</c>, what was found and what is allowed.
/// </summary>
public sealed class TokenizerException : Exception
{
    /// <summary>Builds the error for one place of one file.</summary>
    public TokenizerException(string file, string path, string problem, Exception? cause = null)
        : base($"{file}: {path}: {problem}", cause)
    {
        File = file;
        JsonPath = path;
    }

    /// <summary>Builds the error for a file of which nothing could be read.</summary>
    public TokenizerException(string file, string problem, Exception? cause = null)
        : base($"{file}: {problem}", cause)
    {
        File = file;
        JsonPath = "$";
    }

    /// <summary>The tokenizer file as it was named by the caller.</summary>
    public string File { get; }

    /// <summary>The place in the file, <c>$</c> for the whole of it.</summary>
    public string JsonPath { get; }
}
