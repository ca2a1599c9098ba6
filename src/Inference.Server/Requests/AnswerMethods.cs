using Inference.Grounding;
using Inference.Grounding.Answers;
using Inference.Grounding.Guard;
using Inference.Server.Errors;
using Inference.Server.Services;

namespace Inference.Server.Requests;

/// <summary>Which whole-answer methods go with what.</summary>
internal static class AnswerMethods
{
    /// <summary>Notes methods of a Generate request that have nothing to work on, or exclude each other.</summary>
    public static void Check(RequestParameters parameters, int images, Violations violations)
    {
        VerificationReader.CheckImages(parameters.Verification, images, violations);
        GuardReader.CheckImages(parameters.Guard, images, violations);
        if (parameters.BestOf <= 1)
        {
            return;
        }

        const string field = "parameters.best_of";
        if (images == 0)
        {
            violations.Add(field, "no image in the conversation", "a conversation with at least one image, to check claims against");
        }

        if (parameters.Sampling.IsGreedy)
        {
            violations.Add(field, $"{parameters.BestOf} answers at temperature 0", "1, or a temperature above 0");
        }

        if (parameters.Guard is not null)
        {
            violations.Add(field, $"{parameters.BestOf} answers with a guard", "1, or no guard");
        }
    }

    /// <summary>Notes methods of a DescribeRegions request that exclude each other.</summary>
    public static void CheckRegions(RequestParameters parameters, bool hasCandidates, Violations violations)
    {
        if (!hasCandidates)
        {
            Check(parameters, images: 1, violations);
            return;
        }

        Refuse(parameters with { Guard = null }, "together with candidates", "parameters", violations);
        if (parameters.Guard is { Streaming: GuardStreaming.Eager })
        {
            const string allowed = "GUARD_STREAMING_SENTENCE: a description that is chosen among candidates comes in one piece";
            violations.Add("parameters.guard.streaming", "GUARD_STREAMING_EAGER", allowed);
        }
    }

    /// <summary>Notes methods that are given where they do nothing.</summary>
    public static void Refuse(RequestParameters? parameters, string where, string path, Violations violations)
    {
        if (parameters is null)
        {
            return;
        }

        foreach (var (isGiven, name) in new[]
        {
            (parameters.Guard is not null, "guard"),
            (parameters.Verification is not null, "verification"),
            (parameters.BestOf > 1, "best_of"),
        })
        {
            if (isGiven)
            {
                violations.Add($"{path}.{name}", "set", $"absent {where}");
            }
        }
    }

    /// <summary>The answers to choose from.</summary>
    public static int ReadBestOf(Glassbox.V1.GenerationParameters? parameters, string path, Violations violations, ServedModel model)
    {
        if (parameters is not { HasBestOf: true })
        {
            return 1;
        }

        if (parameters.BestOf is >= 1 and <= AnswerOptions.MostSamples)
        {
            return parameters.BestOf == 1 || ModelAbility.Verifies(model, $"{path}.best_of", violations) ? (int)parameters.BestOf : 1;
        }

        violations.Add($"{path}.best_of", $"{parameters.BestOf}", $"1 to {AnswerOptions.MostSamples}");
        return 1;
    }
}
