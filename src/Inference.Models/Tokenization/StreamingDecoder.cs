using Inference.Models.Tokenization.Bpe;
using Inference.Models.Tokenization.Decoders;

namespace Inference.Models.Tokenization;

/// <summary>
/// Decodes a token at a time. Every part returned is well-formed text that no later token changes, and all parts together are what
/// <see cref="Tokenizer.Decode"/> gives for all ids; bytes that may still become a character are held back. There is one difference:
/// byte-fallback tokens are text here even where the file calls them special. Belongs to one thread.
/// </summary>
public sealed class StreamingDecoder
{
    private readonly Pipeline _pipeline;
    private readonly bool _skipSpecial;
    private readonly bool _bytesAreText;
    private readonly TextSink _sink;
    private readonly DecodeStage _first;
    private bool _finished;

    internal StreamingDecoder(Pipeline pipeline, bool skipSpecialTokens, bool bytesAreText)
    {
        _pipeline = pipeline;
        _skipSpecial = skipSpecialTokens;
        _bytesAreText = bytesAreText;
        // Without a decoder the library joins tokens with spaces.
        _sink = new TextSink(pipeline.Decoder is null ? " " : "");
        _first = pipeline.Decoder?.Start(_sink) ?? _sink;
    }

    /// <summary>Takes the next id and returns the text that is certain now, often empty. An id without a token adds nothing.</summary>
    public string Append(int id)
    {
        Feed(id);
        return _sink.Take();
    }

    /// <summary>Ends the stream and returns what was held back; bytes that never became a character come out as U+FFFD.</summary>
    public string Flush()
    {
        if (!_finished) _first.Finish();
        _finished = true;
        return _sink.Take();
    }

    internal void Feed(int id)
    {
        ObjectDisposedException.ThrowIf(_finished, this);
        var added = _pipeline.Added.Find(id);
        // The library decodes an added token that is matched in normalised text from its normalised form.
        var token = added?.Pattern ?? _pipeline.Model.Vocabulary.TokenOf(id);
        if (token is null || (_skipSpecial && IsSkipped(token))) return;
        _first.Text(token);
        _first.EndToken();
    }

    private bool IsSkipped(string token) =>
        _pipeline.Added.IsSpecial(token) && !(_bytesAreText && ByteTokens.TryParse(token, out _));
}
