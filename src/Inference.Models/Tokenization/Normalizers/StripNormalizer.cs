namespace Inference.Models.Tokenization.Normalizers;

/// <summary>Removes white space from the ends.</summary>
internal sealed class StripNormalizer(bool left, bool right) : INormalizer
{
    public string Normalize(string text)
    {
        if (left) text = text.TrimStart();
        return right ? text.TrimEnd() : text;
    }
}
