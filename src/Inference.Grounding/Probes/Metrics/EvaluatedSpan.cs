using Inference.Grounding.Probes.Data;

namespace Inference.Grounding.Probes.Metrics;

/// <summary>A labelled span with its answer and the number of its image.</summary>
internal readonly record struct EvaluatedSpan(ProbeAnswer Answer, LabelledSpan Span, int Group)
{
    /// <summary>Its words.</summary>
    public string Text => Answer.Text[Span.Start..Span.End];
}
