using Inference.Engine;
using Inference.Models.Prompts;

namespace Inference.Cli.Benchmarks;

/// <summary>Requests of made-up tokens, and reading them to their end.</summary>
internal static class BenchRequests
{
    /// <summary>Random tokens; prompts of different seeds share no prefix.</summary>
    public static EncodedPrompt TextPrompt(int length, int vocabulary, int seed)
    {
        var random = new Random(seed);
        return new EncodedPrompt([.. Enumerable.Range(0, length).Select(_ => random.Next(vocabulary))], []);
    }

    /// <summary>Reads all tokens.</summary>
    /// <exception cref="CommandException">The request ended before its last token.</exception>
    public static async Task<GenerationTimings> CompleteAsync(Generation generation)
    {
        await foreach (var token in generation.ReadAllAsync())
        {
            _ = token;
        }

        return (await ResultAsync(generation)).Timings;
    }

    /// <summary>The result of a request that is to have run to its last token.</summary>
    /// <exception cref="CommandException">It has not.</exception>
    public static async Task<GenerationResult> ResultAsync(Generation generation)
    {
        var result = await generation.Completion;
        return result.Reason == FinishReason.MaxTokens
            ? result
            : throw new CommandException($"A request ended early: {result.Failure?.Message ?? result.Reason.ToString()}");
    }
}
