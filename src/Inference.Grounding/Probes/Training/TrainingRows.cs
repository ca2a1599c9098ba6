using Inference.Decoding.Sampling;
using Inference.Grounding.Probes.Data;

namespace Inference.Grounding.Probes.Training;

/// <summary>
/// The tokens that a probe learns from: those of all hallucinated spans, of a sample of the right ones, and a tenth of the others, which
/// count as right. Every
/// token of a span weighs ten times one outside (Obeso et al. 2025).
/// </summary>
internal sealed class TrainingRows
{
    private const double KeptBackground = 0.1, BackgroundWeight = 0.1;

    private readonly ProbeDataSet _data;
    private readonly List<(int Answer, int Token)> _sources = [];

    /// <summary>Chooses.</summary>
    public TrainingRows(ProbeDataSet data, int negativesPerPositive, ulong seed)
    {
        _data = data;
        var labels = data.Answers.SelectMany(answer => answer.Spans).Select(span => span.IsHallucinated).ToList();
        var positives = labels.Count(label => label);
        var negatives = labels.Count - positives;
        var kept = negatives == 0 ? 1 : Math.Min(1.0, (double)positives * negativesPerPositive / negatives);
        var (spanNumber, tokenNumber) = (0UL, 0UL);
        for (var i = 0; i < data.Answers.Count; i++)
        {
            var answer = data.Answers[i];
            foreach (var span in answer.Spans)
            {
                if (Philox4x32.Uniform(seed, spanNumber++, 1) < kept || span.IsHallucinated)
                {
                    AddSpan(i, span, span.IsHallucinated ? 1 : 1 / kept);
                }
            }

            for (var token = 0; token < answer.Tokens.Count; token++)
            {
                var isBackground = !answer.Spans.Any(span => token >= span.FirstToken && token < span.FirstToken + span.Tokens);
                if (isBackground && Philox4x32.Uniform(seed, tokenNumber++, 2) < KeptBackground)
                {
                    AddToken(i, token, isPositive: false, BackgroundWeight / KeptBackground);
                }
            }
        }
    }

    private TrainingRows(ProbeDataSet data) => _data = data;

    /// <summary>The spans that were kept.</summary>
    public List<RowSpan> Spans { get; } = [];

    /// <summary>Image of each span.</summary>
    public List<int> SpanGroups { get; } = [];

    /// <summary>First token of each span in its answer.</summary>
    public List<int> SpanPositions { get; } = [];

    /// <summary>Every row as an example of its own; the example i is row i.</summary>
    public List<Example> Tokens { get; } = [];

    /// <summary>Image of each row.</summary>
    public List<int> TokenGroups { get; } = [];

    /// <summary>Hidden states of the rows, layers beside each other, [rows, layers · width].</summary>
    public FeatureMatrix Load(IReadOnlyList<int> layers)
    {
        var (width, columns) = (_data.Width, _data.Width * layers.Count);
        var values = new float[checked(_sources.Count * columns)];
        var hidden = Array.Empty<float>();
        var loaded = (Answer: -1, Layer: -1);
        for (var i = 0; i < layers.Count; i++)
        {
            for (var row = 0; row < _sources.Count; row++)
            {
                var (answer, token) = _sources[row];
                if (loaded != (answer, layers[i]))
                {
                    hidden = new float[_data.Answers[answer].Tokens.Count * width];
                    _data.CopyHidden(answer, layers[i], hidden);
                    loaded = (answer, layers[i]);
                }

                hidden.AsSpan(token * width, width).CopyTo(values.AsSpan((row * columns) + (i * width)));
            }
        }

        return new FeatureMatrix(values, columns);
    }

    /// <summary>The same spans as rows of their own, for features of whole spans; there is nothing to load for them.</summary>
    public TrainingRows AsSingleRows()
    {
        var alone = new TrainingRows(_data);
        alone.Spans.AddRange(Spans.Select((span, i) => span with { First = i, Count = 1 }));
        alone.Tokens.AddRange(Spans.Select((span, i) => new Example(i, span.IsPositive, span.Weight)));
        alone.SpanGroups.AddRange(SpanGroups);
        alone.TokenGroups.AddRange(SpanGroups);
        alone.SpanPositions.AddRange(SpanPositions);
        return alone;
    }

    private void AddSpan(int answer, LabelledSpan span, double weight)
    {
        Spans.Add(new RowSpan(_sources.Count, span.Tokens, span.IsHallucinated, weight));
        SpanGroups.Add(_data.Groups[answer]);
        SpanPositions.Add(span.FirstToken);
        for (var token = span.FirstToken; token < span.FirstToken + span.Tokens; token++)
        {
            AddToken(answer, token, span.IsHallucinated, weight);
        }
    }

    private void AddToken(int answer, int token, bool isPositive, double weight)
    {
        Tokens.Add(new Example(_sources.Count, isPositive, weight));
        TokenGroups.Add(_data.Groups[answer]);
        _sources.Add((answer, token));
    }
}
