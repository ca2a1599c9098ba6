using Inference.Models.Tokenization.AddedTokens;
using Inference.Models.Tokenization.Bpe;

namespace Inference.Models.Tokenization;

/// <summary>One text on its way through the pipeline: added tokens, normalisation, added tokens again, words, merges.</summary>
internal sealed class EncodingPass(Pipeline pipeline, List<int> ids)
{
    private readonly BpeWord _scratch = new();
    private readonly List<Piece> _whole = [];
    private readonly List<Piece> _words = [];

    public void Run(string text, ProtectedRanges? userText)
    {
        var segments = new List<AddedTokenScanner.Segment>();
        pipeline.Added.Raw.Scan(text, userText, segments);
        foreach (var segment in segments)
        {
            if (segment.Token is { } token) ids.Add(token.Id);
            else Normalize(text, segment.Start, segment.End, userText);
        }
    }

    private void Normalize(string text, int start, int end, ProtectedRanges? userText)
    {
        var part = start == 0 && end == text.Length ? text : text[start..end];
        var normalized = pipeline.Normalizer?.Normalize(part) ?? part;
        if (pipeline.Added.Normalized.FindsNothing)
        {
            EncodeText(new Piece(normalized, 0, normalized.Length, start == 0));
            return;
        }

        userText = userText?.Normalized(text, start, end, pipeline.Normalizer is { } normalizer ? normalizer.Normalize : same => same);
        var segments = new List<AddedTokenScanner.Segment>();
        pipeline.Added.Normalized.Scan(normalized, userText, segments);
        var whole = new Piece(normalized, 0, normalized.Length, start == 0);
        foreach (var segment in segments)
        {
            if (segment.Token is { } token) ids.Add(token.Id);
            else EncodeText(whole.Part(segment.Start, segment.End));
        }
    }

    private void EncodeText(Piece piece)
    {
        if (piece.Length == 0) return;
        if (pipeline.PreTokenizer is null)
        {
            pipeline.Model.Encode(piece.Span, ids, _scratch);
            return;
        }
        _whole.Clear();
        _words.Clear();
        _whole.Add(piece);
        pipeline.PreTokenizer.Split(_whole, _words);
        foreach (var word in _words) pipeline.Model.Encode(word.Span, ids, _scratch);
    }
}
