namespace Inference.Models.Tokenization;

/// <summary>What a tokenizer file may ask for. The largest in use (Gemma 3) has 33 MB, 262,144 tokens and 514,906 merges.</summary>
internal static class TokenizerLimits
{
    public const long FileBytes = 128L << 20;
    public const int Tokens = 1 << 21;
    public const int Merges = 1 << 22;
    public const int AddedTokens = 1 << 17;
    public const int AddedTokenLength = 1 << 10;
    public const int LargestId = (1 << 22) - 1;
    public const int PatternLength = 1 << 13;
    public const int Components = 256;
}
