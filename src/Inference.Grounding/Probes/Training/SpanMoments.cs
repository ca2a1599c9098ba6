namespace Inference.Grounding.Probes.Training;

/// <summary>
/// Features of a whole span: mean and standard deviation of every feature over its tokens, the diagonal of moment probing, which suits
/// few labels. No dot
/// product of one token, so no probe for a stream; it tells what one could gain by waiting for the span's end.
/// </summary>
internal static class SpanMoments
{
    /// <summary>[spans, 2 · columns]: means, then deviations.</summary>
    public static FeatureMatrix Of(FeatureMatrix tokens, IReadOnlyList<RowSpan> spans)
    {
        var moments = new FeatureMatrix(new float[checked(spans.Count * 2 * tokens.Columns)], 2 * tokens.Columns);
        for (var i = 0; i < spans.Count; i++)
        {
            var row = moments.Row(i);
            var span = spans[i];
            for (var column = 0; column < tokens.Columns; column++)
            {
                var (sum, squares) = (0.0, 0.0);
                for (var token = span.First; token < span.First + span.Count; token++)
                {
                    sum += tokens.Row(token)[column];
                }

                var mean = sum / span.Count;
                for (var token = span.First; token < span.First + span.Count; token++)
                {
                    var distance = tokens.Row(token)[column] - mean;
                    squares += distance * distance;
                }

                row[column] = (float)mean;
                row[tokens.Columns + column] = (float)Math.Sqrt(squares / span.Count);
            }
        }

        return moments;
    }
}
