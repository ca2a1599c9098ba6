using System.Diagnostics;
using System.Text;
using Inference.Engine;
using Inference.Grounding.Answers;

namespace Inference.Grounding.Guard;

/// <summary>An answer under a guard: the tokens that are kept, and what the reader has seen of them and beyond.</summary>
internal sealed class GuardedText(AnswerScope scope, GuardStreaming streaming)
{
    private readonly StringBuilder _text = new();
    private readonly List<TokenEvent> _tokens = [];
    private readonly List<SegmentVerdict> _verdicts = [];
    private int _shown;

    public long Started { get; } = Stopwatch.GetTimestamp();

    /// <summary>Tokens of the sentences that were accepted.</summary>
    public IReadOnlyList<TokenEvent> Tokens => _tokens;

    /// <summary>Their text.</summary>
    public string Text => _text.ToString();

    public IReadOnlyList<SegmentVerdict> Verdicts => _verdicts;

    /// <summary>Tokens that verdicts took.</summary>
    public int SpentOnVerdicts { get; set; }

    /// <summary>A token behind the kept ones, whose sentence is not decided.</summary>
    public async ValueTask ShowAsync(TokenEvent token)
    {
        if (streaming == GuardStreaming.Eager)
        {
            await SendAsync(token).ConfigureAwait(false);
        }
    }

    /// <summary>A sentence is part of the answer.</summary>
    public async ValueTask AcceptAsync(Segment segment, SegmentVerdict verdict)
    {
        foreach (var token in segment.Tokens)
        {
            _tokens.Add(token);
            _text.Append(token.Text);
            if (token.Index >= _shown)
            {
                await SendAsync(token).ConfigureAwait(false);
            }
        }

        // What is left behind the last sentence, such as the end token, is none.
        if (segment.HasContent)
        {
            await DecideAsync(verdict).ConfigureAwait(false);
        }
    }

    /// <summary>Everything behind the kept tokens is taken back.</summary>
    public async ValueTask RetractAsync(int segment)
    {
        if (_shown > _tokens.Count)
        {
            _shown = _tokens.Count;
            await scope.EmitAsync(new AnswerRetracted(_tokens.Count, Text, segment)).ConfigureAwait(false);
        }
    }

    public ValueTask DecideAsync(SegmentVerdict verdict)
    {
        _verdicts.Add(verdict);
        return scope.EmitAsync(new AnswerSegment(verdict));
    }

    /// <summary>Text that was held back until the answer ended from outside.</summary>
    public ValueTask AppendHeldAsync(string text)
    {
        _text.Append(text);
        return text.Length == 0 ? ValueTask.CompletedTask : scope.EmitAsync(new AnswerText(text, _tokens.Count, Token: null));
    }

    private ValueTask SendAsync(TokenEvent token)
    {
        _shown = token.Index + 1;
        return scope.EmitAsync(new AnswerText(token.Text, _shown, token));
    }
}
