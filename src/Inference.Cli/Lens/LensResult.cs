using Inference.Decoding.Layers;
using Inference.Models.Tokenization;

namespace Inference.Cli.Lens;

/// <summary>An answer and what every layer would have said on the way.</summary>
/// <param name="Text">The answer.</param>
/// <param name="Generated">Its tokens.</param>
/// <param name="Steps">[tokens][L + 1 layers][best tokens]</param>
/// <param name="Tokenizer">Spells tokens.</param>
internal sealed record LensResult(string Text, IReadOnlyList<int> Generated, IReadOnlyList<LensToken[][]> Steps, Tokenizer Tokenizer)
{
    /// <summary>L + 1: the embeddings and every block.</summary>
    public int Layers => Steps.Count == 0 ? 0 : Steps[0].Length;

    /// <summary>A token as people read it; special ones by their name.</summary>
    public string Spell(int id)
    {
        var text = Tokenizer.Decode([id], skipSpecialTokens: false);
        return string.IsNullOrWhiteSpace(text) ? Tokenizer.TokenOf(id) ?? $"#{id}" : text;
    }
}
