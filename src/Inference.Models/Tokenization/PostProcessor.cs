namespace Inference.Models.Tokenization;

/// <summary>What the file puts around an encoded text when special tokens are asked for.</summary>
internal sealed record PostProcessor(IReadOnlyList<int> Prefix, IReadOnlyList<int> Suffix)
{
    public static PostProcessor None { get; } = new([], []);

    /// <summary>This processor's tokens around those of <paramref name="inner"/>.</summary>
    public PostProcessor Around(PostProcessor inner) => new([.. Prefix, .. inner.Prefix], [.. inner.Suffix, .. Suffix]);
}
