using Inference.Decoding.Sampling;
using Inference.Engine;
using Inference.Models.Prompts;
using Inference.Models.Quantization;

namespace Inference.Grounding.Importance;

/// <summary>
/// Layer input modification (LIM of Dumitru et al. 2024, arXiv 2406.17415): a block is as important as it changes what passes through it,
/// scored by minus the cosine of its input and output, the mean over the rows of sample prompts, images included.
/// </summary>
public sealed class LayerModification(ModelHost host, ServedModel model)
{
    /// <summary>Name of the method in files.</summary>
    public const string Method = "lim";

    /// <summary>Feeds every prompt once.</summary>
    /// <param name="samples">The prompts, at least one.</param>
    /// <param name="progress">Told how many prompts are done.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<LayerImportance> MeasureAsync(
        IEnumerable<LayerSample> samples, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        var layers = model.Model.Decoder.Shape.Layers;
        var (cosines, rows, count) = (new double[layers], 0L, 0);
        foreach (var sample in samples)
        {
            var trace = await FeedAsync(sample, layers, cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < layers; i++)
            {
                cosines[i] += trace.Cosines[i];
            }

            rows += trace.Rows[0];
            count++;
            progress?.Report(count);
        }

        return new LayerImportance
        {
            Model = model.Model.Fingerprint,
            Method = Method,
            Scores = [.. cosines.Select(sum => -sum / rows)],
            Samples = count,
            Rows = rows,
        };
    }

    private async Task<ModificationTrace> FeedAsync(LayerSample sample, int layers, CancellationToken cancellationToken)
    {
        using var image = sample.Image is { } encoded ? host.Prepare(model, encoded) : null;
        var text = sample.Prompt ?? model.Profile.Caption;
        var message = image is null ? new Message(ChatRole.User, [new TextPart(text)]) : Message.UserWithImage(text);
        var prompt = model.Encode([message], image is null ? [] : [image.Rows]);
        var trace = new ModificationTrace(layers);
        var generation = host.Engine.Submit(model.Name, new GenerationRequest
        {
            Prompt = prompt,
            Images = image is null ? [] : [image.Image],
            Sampling = new SamplingParameters { MaxTokens = 1 },
            IgnoreStopTokens = true,
            Trace = trace,
            CancellationToken = cancellationToken,
        });
        var result = await generation.Completion.ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return result.Reason == FinishReason.Failed || trace.Rows.Any(rows => rows != prompt.InputIds.Length)
            ? throw new InvalidOperationException("A request failed while layers were watched.", result.Failure)
            : trace;
    }
}
