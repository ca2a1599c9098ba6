using System.Security.Cryptography;
using Inference.Cli.Options;
using Inference.Decoding.Probes;
using Inference.Decoding.Pruning;
using Inference.Decoding.Sampling;
using Inference.Grounding;
using Inference.Grounding.Answers;
using Inference.Grounding.Guard;

namespace Inference.Cli.Assistants;

/// <summary>What the command line asks for, as a model in this process takes it.</summary>
internal sealed class LocalOptions(ServedModel model, IReadOnlyDictionary<string, Probe> probes)
{
    /// <summary>For an answer that is a text.</summary>
    /// <param name="sampling">What was asked for.</param>
    /// <param name="question">The question.</param>
    /// <param name="images">Images it shows.</param>
    /// <exception cref="UsageException">The model cannot do that.</exception>
    public AnswerOptions For(SamplingOverrides sampling, TextQuestion question, int images)
    {
        var options = For(sampling, question.Pruning, question.Probes) with
        {
            Verification = question.Verification,
            Guard = LocalProbes.Guard(probes, question.Guard),
            BestOf = question.BestOf,
            Speculation = (question as Question)?.Speculation,
        };
        SpeculateOption.Check(options);
        if (options is { BestOf: > 1, Sampling.IsGreedy: true })
        {
            throw new UsageException($"--best-of: found {options.BestOf} at temperature 0; allowed: 1, or a --temperature above 0");
        }

        var asks = options.Verification is not null || options.BestOf > 1
            || options.Guard is { Probe: null } or { Action: GuardAction.Verify };
        return images > 0 || !asks ? options : throw new UsageException("--image: found none; allowed: an image to check claims against");
    }

    /// <summary>For any answer.</summary>
    /// <exception cref="UsageException">The model cannot do that.</exception>
    public AnswerOptions For(SamplingOverrides sampling, PruningChoice? pruning, ProbeQuestion? asked)
    {
        Span<byte> seed = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(seed);
        sampling = sampling with { Strategy = PriorFiles.Expand(sampling.Strategy, model.Model.Fingerprint) };
        return new AnswerOptions
        {
            Sampling = model.Resolve(sampling, BitConverter.ToUInt64(seed) >> 11),
            Pruning = Plan(pruning),
            Probes = LocalProbes.Choose(probes, asked),
        };
    }

    private PruningPlan? Plan(PruningChoice? choice)
    {
        if (choice is { Calibrated: { } name })
        {
            throw new UsageException($"--prune: found calibrated:{name}; allowed: together with --server; @FILE names a file");
        }

        choice?.CheckModel(model.Model.Fingerprint);
        return choice?.Resolve(model.Model.Decoder.Shape.Layers);
    }
}
