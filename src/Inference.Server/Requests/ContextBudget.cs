using Inference.Decoding.Sampling;
using Inference.Models.Prompts;
using Inference.Server.Errors;

namespace Inference.Server.Requests;

/// <summary>What a prompt leaves of the context.</summary>
internal static class ContextBudget
{
    /// <summary>
    /// The parameters with the number of tokens cut to what the context still holds; notes a prompt that leaves no room for one.
    /// </summary>
    public static SamplingParameters Fit(
        SamplingParameters sampling, EncodedPrompt prompt, int contextLength, string field, Violations violations)
    {
        var room = contextLength - prompt.InputIds.Length;
        if (room < 1)
        {
            violations.AddExceeded(field, "prompt tokens", ErrorReasons.ContextTooLong, prompt.InputIds.Length, contextLength - 1);
        }

        return sampling.MaxTokens <= room ? sampling : sampling with { MaxTokens = Math.Max(room, 1) };
    }
}
