using System.Text;

namespace Inference.Models.Tokenization.Decoders;

/// <summary>The last stage: collects the text, with a separator between tokens.</summary>
internal sealed class TextSink(string separator) : DecodeStage
{
    private readonly StringBuilder _text = new();
    private bool _separates;

    /// <summary>What has arrived since the last call.</summary>
    public string Take()
    {
        if (_text.Length == 0) return "";
        var text = _text.ToString();
        _text.Clear();
        return text;
    }

    public override void Text(ReadOnlySpan<char> piece)
    {
        if (_separates) _text.Append(separator);
        _separates = false;
        _text.Append(piece);
    }

    public override void EndToken()
    {
        // An empty token is separated too.
        if (_separates) _text.Append(separator);
        _separates = separator.Length > 0;
    }

    public override void Finish()
    {
    }
}
