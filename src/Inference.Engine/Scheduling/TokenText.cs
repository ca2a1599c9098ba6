using Inference.Decoding.Sampling;
using Inference.Models.Tokenization;

namespace Inference.Engine.Scheduling;

/// <summary>The text side of one sequence: ids become complete characters, and what may become a stop string is held back.</summary>
internal sealed class TokenText(StreamingDecoder decoder, StopMatcher stops)
{
    /// <summary>The stop string found, or null.</summary>
    public string? StopString => stops.Matched;

    /// <summary>Text that became certain with a token.</summary>
    public string Append(int token) => stops.Push(decoder.Append(token));

    /// <summary>Takes a token whose text was passed on before.</summary>
    public void Skip(int token) => stops.Skip(decoder.Append(token));

    /// <summary>What is held back, when the sequence ends for another reason than a stop string.</summary>
    public string Flush() => stops.Push(decoder.Flush()) + (stops.Stopped ? "" : stops.Flush());
}
