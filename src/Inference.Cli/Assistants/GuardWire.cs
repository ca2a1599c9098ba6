using Glassbox.V1;
using Inference.Grounding.Guard;
using GuardAcceptance = Glassbox.V1.GuardAcceptance;
using GuardAction = Glassbox.V1.GuardAction;
using SentenceGuard = Glassbox.V1.SentenceGuard;

namespace Inference.Cli.Assistants;

/// <summary>Guards to and from messages of glassbox.v1.</summary>
internal static class GuardWire
{
    /// <summary>The request's message, or null. What is sent is what is final, so that it can be printed.</summary>
    public static SentenceGuard? Message(GuardQuestion? question)
    {
        if (question is null)
        {
            return null;
        }

        var options = question.Options;
        var message = new SentenceGuard { Action = (GuardAction)(options.Action + 1), Unit = (GuardUnit)(options.Unit + 1) };
        if (options.Threshold is { } threshold)
        {
            message.Threshold = threshold;
        }

        if (question.Probe is { } name)
        {
            message.Probe = new ProbeChoice { Name = name };
            if (question.FalsePositiveRate is { } rate)
            {
                message.Probe.FalsePositiveRate = rate;
            }
        }
        else
        {
            message.Claims = new Glassbox.V1.Verification();
        }

        if (options.Action == Inference.Grounding.Guard.GuardAction.Resample)
        {
            message.Resampling = new Resampling
            {
                Alternatives = (uint)options.Alternatives,
                Attempts = (uint)options.Attempts,
                MaxTokens = (uint)options.MaxTokens,
                Temperature = options.Temperature,
                Acceptance = (GuardAcceptance)(options.Acceptance + 1),
            };
        }

        return message;
    }

    /// <summary>What a guard did; null without one.</summary>
    public static GuardReport? Report(IEnumerable<GuardedSentence> sentences, GuardUsage? usage) => usage is null
        ? null
        : new GuardReport([.. sentences.Select(Verdict)], (int)usage.DiscardedTokens, usage.Exhausted);

    private static SegmentVerdict Verdict(GuardedSentence sentence) => new(
        (int)sentence.Index,
        (int)sentence.FirstToken,
        (int)sentence.Tokens,
        sentence.Text,
        sentence.HasScore ? sentence.Score : null,
        (SegmentOutcome)(sentence.Outcome - 1),
        (int)sentence.Alternatives,
        sentence.RejectedText.Length > 0 ? sentence.RejectedText : null,
        sentence.HasRejectedScore ? sentence.RejectedScore : null)
    {
        Claims = ClaimWire.Verdicts(sentence.Claims, sentence.Text),
    };
}
