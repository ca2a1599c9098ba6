namespace Inference.Cli.Benchmarks.Methods;

/// <summary>Sizes of the requests with which methods are compared.</summary>
/// <param name="ImageRows">Rows of the image.</param>
/// <param name="TextTokens">Tokens of text around it.</param>
/// <param name="DecodeTokens">Tokens to generate.</param>
/// <param name="Rounds">Runs of every method, in turns.</param>
/// <param name="Only">Names of the methods; all of them when empty.</param>
internal sealed record MethodsSettings(int ImageRows, int TextTokens, int DecodeTokens, int Rounds, IReadOnlyList<string> Only)
{
    /// <summary>Tokens of a request.</summary>
    public int ContextLength => ImageRows + TextTokens + DecodeTokens;
}
