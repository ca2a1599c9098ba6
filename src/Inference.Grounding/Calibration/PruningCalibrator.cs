using Inference.Decoding.Pruning;
using Inference.Decoding.Sampling;
using Inference.Engine;
using Inference.Models.Prompts;

namespace Inference.Grounding.Calibration;

/// <summary>How to calibrate.</summary>
public sealed record PruningCalibration
{
    /// <summary>Shares to try before every block but the first.</summary>
    public IReadOnlyList<double> Keeps { get; init; } = [0.5, 0.25, 0.125];

    /// <summary>The most divergence of a stage by itself, in nats. VTW uses 0.003 for LLaVA-1.5-7B.</summary>
    public double Threshold { get; init; } = 0.003;

    /// <summary>Tokens of each answer that are compared, as far as it stays the same.</summary>
    public int Tokens { get; init; } = 8;

    /// <summary>Which rows remain.</summary>
    public Ranking Ranking { get; init; } = RankingRegistry.Default;

    /// <summary>Positions of the rows that remain.</summary>
    public PositionPolicy Positions { get; init; }
}

/// <summary>
/// Finds out, for a model and a set of questions, from which block on image rows can be dropped: the divergence of the next-token
/// distribution with all rows from the one without, for every block and share by itself, over the tokens that both answers have in common
/// and the first that differs.
/// </summary>
public sealed class PruningCalibrator(ModelHost host, ServedModel model, PruningCalibration settings)
{
    /// <summary>Tries every stage on every question.</summary>
    /// <param name="samples">The questions.</param>
    /// <param name="progress">Told how many questions are done.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<PruningFile> RunAsync(
        IReadOnlyList<PruningSample> samples, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        var layers = model.Model.Decoder.Shape.Layers;
        PruningStage[] stages =
        [
            .. from keep in settings.Keeps from layer in Enumerable.Range(1, layers - 1) select new PruningStage(layer, keep),
        ];
        var divergences = await MeasureAsync(
            samples, [.. stages.Select(stage => (IReadOnlyList<PruningStage>)[stage])], progress, cancellationToken).ConfigureAwait(false);
        StageDivergence[] tried = [.. stages.Select((stage, i) => new StageDivergence(stage.Layer, stage.Keep, divergences[i]))];
        var picked = StageSelection.Pick(tried, settings.Threshold);
        var together = picked.Count == 0
            ? []
            : await MeasureAsync(samples, [picked], progress: null, cancellationToken).ConfigureAwait(false);
        return new PruningFile
        {
            Model = model.Model.Fingerprint,
            Ranking = settings.Ranking.Name,
            Positions = settings.Positions == PositionPolicy.Keep ? "keep" : "reindex",
            Stages = picked,
            Average = AverageSchedule.Of(picked, layers),
            Together = together.Count == 0 ? null : together[0],
            Threshold = settings.Threshold,
            Samples = samples.Count,
            Tried = tried,
        };
    }

    private async Task<IReadOnlyList<Divergence>> MeasureAsync(
        IReadOnlyList<PruningSample> samples, IReadOnlyList<IReadOnlyList<PruningStage>> plans, IProgress<int>? progress,
        CancellationToken cancellationToken)
    {
        var values = new double[plans.Count][];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = new double[samples.Count];
        }

        for (var s = 0; s < samples.Count; s++)
        {
            using var image = host.Prepare(model, samples[s].Image);
            var prompt = model.Encode([Message.UserWithImage(samples[s].Prompt ?? model.Profile.Caption)], [image.Rows]);
            var whole = await AskAsync(prompt, image, stages: null, cancellationToken).ConfigureAwait(false);
            var pruned = await Task.WhenAll(plans.Select(plan => AskAsync(prompt, image, plan, cancellationToken))).ConfigureAwait(false);
            for (var i = 0; i < plans.Count; i++)
            {
                values[i][s] = Compare(whole, pruned[i]);
            }

            progress?.Report(s + 1);
        }

        return [.. values.Select(Mean)];
    }

    private async Task<(List<int> Ids, StepScores Scores)> AskAsync(
        EncodedPrompt prompt, PreparedImage image, IReadOnlyList<PruningStage>? stages, CancellationToken cancellationToken)
    {
        var scores = new StepScores();
        var generation = host.Engine.Submit(model.Name, new GenerationRequest
        {
            Prompt = prompt,
            Images = [image.Image],
            Sampling = new SamplingParameters { MaxTokens = settings.Tokens, StopTokenIds = model.Model.EosTokenIds },
            Pruning = stages is null
                ? null
                : PruningPlan.Create(stages, settings.Positions, model.Model.Decoder.Shape.Layers, settings.Ranking),
            Trace = scores,
            CancellationToken = cancellationToken,
        });
        List<int> ids = [];
        await foreach (var token in generation.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            ids.Add(token.Id);
        }

        var result = await generation.Completion.ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return result.Reason == FinishReason.Failed
            ? throw new InvalidOperationException("A request failed while calibrating.", result.Failure)
            : (ids, scores);
    }

    // The step at which the answers part still has the same text before it; later ones have not.
    private static double Compare((List<int> Ids, StepScores Scores) whole, (List<int> Ids, StepScores Scores) pruned)
    {
        var (sum, steps) = (0.0, 0);
        while (steps < Math.Min(whole.Ids.Count, pruned.Ids.Count))
        {
            sum += KullbackLeibler.Of(whole.Scores.Steps[steps], pruned.Scores.Steps[steps]);
            if (whole.Ids[steps] != pruned.Ids[steps++])
            {
                break;
            }
        }

        return sum / steps;
    }

    private static Divergence Mean(double[] values)
    {
        var mean = values.Average();
        var variance = values.Length < 2 ? 0 : values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1);
        return new Divergence(mean, Math.Sqrt(variance / values.Length));
    }
}
