using Inference.Engine;

namespace Inference.Grounding.Probes.Collection;

/// <summary>Takes hidden states, log-probabilities and entropies of an answer that is fed behind its prompt.</summary>
/// <param name="promptRows">Rows of the prompt.</param>
/// <param name="answer">The tokens of the answer.</param>
/// <param name="layers">Hidden states to take.</param>
/// <param name="width">Width of one.</param>
internal sealed class TeacherTrace(int promptRows, IReadOnlyList<int> answer, IReadOnlyList<int> layers, int width) : IGenerationTrace
{
    /// <inheritdoc/>
    public IReadOnlyList<int> HiddenLayers => layers;

    /// <summary>The last row of the prompt gives the distribution of the first token.</summary>
    public int FirstRow => promptRows - 1;

    /// <summary>Of each layer, [tokens, width], at the row that the token was fed in.</summary>
    public float[][] Hidden { get; } = [.. layers.Select(_ => new float[answer.Count * width])];

    /// <summary>Log-probability of each token, [tokens].</summary>
    public float[] Logprobs { get; } = new float[answer.Count];

    /// <summary>Entropy of the distribution of each token in nats, [tokens].</summary>
    public float[] Entropies { get; } = new float[answer.Count];

    /// <inheritdoc/>
    public void OnImageFeatures(int image, ReadOnlySpan<float> rows, int width)
    {
    }

    /// <inheritdoc/>
    public void OnHidden(int index, int firstRow, ReadOnlySpan<float> rows, int width)
    {
        var skipped = Math.Max(0, promptRows - firstRow);
        var taken = rows[Math.Min(rows.Length, skipped * width)..];
        for (var i = 0; i < layers.Count; i++)
        {
            if (layers[i] == index && !taken.IsEmpty)
            {
                taken.CopyTo(Hidden[i].AsSpan((firstRow + skipped - promptRows) * width));
            }
        }
    }

    /// <inheritdoc/>
    public void OnPromptOutput(int row, ReadOnlySpan<float> normed, ReadOnlySpan<float> logits)
    {
        var token = row - FirstRow;
        if (token < answer.Count)
        {
            var normalizer = Decoding.Sampling.Logprobs.LogSumExp(logits);
            Logprobs[token] = (float)(logits[answer[token]] - normalizer);
            Entropies[token] = (float)Entropy(logits, normalizer);
        }
    }

    /// <inheritdoc/>
    public void OnStep(int step, ReadOnlySpan<float> scores, int? layer)
    {
    }

    private static double Entropy(ReadOnlySpan<float> logits, double normalizer)
    {
        var entropy = 0.0;
        foreach (var logit in logits)
        {
            var logprob = logit - normalizer;
            // Where the probability is 0 in double, so is its share.
            entropy -= logprob < -700 ? 0 : Math.Exp(logprob) * logprob;
        }

        return entropy;
    }
}
