namespace Inference.Models.Tokenization.Normalizers;

/// <summary>Rewrites text before it is cut into words. Immutable.</summary>
internal interface INormalizer
{
    string Normalize(string text);
}
