using System.Text;
using Inference.Grounding.Segments;
using Inference.Models.Tokenization;

namespace Inference.Grounding.Guard;

/// <summary>
/// Finds the ends of segments among tokens. An end is known with the text behind it, so it is reported one token or so later; a token that
/// holds both sides of an end belongs to the segment it ends.
/// </summary>
internal sealed class SegmentTracker
{
    private readonly StreamingDecoder _decoder;
    private readonly SegmentUnit _unit;
    private readonly StringBuilder _text = new();
    private readonly List<int> _ends = [];
    private int _taken;
    private int _start;

    /// <param name="tokenizer">Turns ids into text.</param>
    /// <param name="unit">What ends a segment.</param>
    /// <param name="before">Tokens of the answer in front: their last segment has ended.</param>
    public SegmentTracker(Tokenizer tokenizer, SegmentUnit unit, IEnumerable<int> before)
    {
        (_decoder, _unit) = (tokenizer.DecodeStream(skipSpecialTokens: true), unit);
        foreach (var id in before)
        {
            _decoder.Append(id);
        }
    }

    /// <summary>Takes the next token.</summary>
    /// <returns>
    /// How many tokens the segment under way has, where its end is known now, else 0. Ask again with <see cref="Next"/>: a token may end
    /// two.
    /// </returns>
    public int Append(int id)
    {
        _text.Append(_decoder.Append(id));
        _ends.Add(_text.Length);
        return Next();
    }

    /// <summary>Tokens of the segment under way where its end is known, else 0.</summary>
    public int Next()
    {
        if (SegmentSplitter.FindEnd(_text.ToString(), _start, _unit) is not { } end)
        {
            return 0;
        }

        var last = _ends.FindIndex(_taken, at => at >= end);
        return last + 1 - _taken;
    }

    /// <summary>The segment under way has that many tokens; what follows belongs to the next.</summary>
    /// <returns>Its text.</returns>
    public string Take(int tokens)
    {
        _taken += tokens;
        var end = _taken == 0 ? 0 : _ends[_taken - 1];
        var text = _text.ToString(_start, end - _start);
        _start = end;
        return text;
    }
}
