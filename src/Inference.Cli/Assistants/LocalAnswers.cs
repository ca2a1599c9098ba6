using Inference.Decoding.Sampling;
using Inference.Engine;
using Inference.Grounding;
using Inference.Grounding.CycleConsistency;
using Inference.Models.Prompts;
using Inference.Models.Regions;

namespace Inference.Cli.Assistants;

/// <summary>What the engine of this process gives, as answers.</summary>
internal static class LocalAnswers
{
    /// <summary>The number of tokens is cut to what the context holds, as a server does it.</summary>
    public static SamplingParameters Fit(SamplingParameters parameters, EncodedPrompt prompt, ModelHost host, ServedModel model)
    {
        var room = Math.Max(1, host.Engine.ContextLength(model.Name) - prompt.InputIds.Length);
        return parameters with { MaxTokens = Math.Min(parameters.MaxTokens, room) };
    }

    /// <param name="model">The model that answered.</param>
    /// <param name="transcript">What it said.</param>
    /// <param name="parameters">What was asked for.</param>
    /// <param name="maxTokens">The number of tokens after the cut to the context.</param>
    /// <exception cref="CommandException">The request failed.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static Answer Of(ServedModel model, Transcript transcript, SamplingParameters parameters, int maxTokens)
    {
        var result = transcript.Result;
        switch (result.Reason)
        {
            case FinishReason.Failed:
                throw new CommandException($"The request failed: {result.Failure?.Message}", result.Failure);
            case FinishReason.Cancelled:
                throw new OperationCanceledException();
        }

        var wasCut = maxTokens < parameters.MaxTokens && result.Reason == FinishReason.MaxTokens;
        var wantsLogprobs = parameters.Logprobs || parameters.TopLogprobs > 0;
        return new Answer
        {
            Text = transcript.Text,
            Tokens =
            [
                .. transcript.Tokens.Select(
                    token => new AnswerToken(token.Id, wantsLogprobs ? token.Logprob : null, token.TopLogprobs)),
            ],
            FinishReason = FinishReasons.Name(wasCut ? FinishReason.ContextFull : result.Reason),
            StopString = result.StopString,
            Usage = Usage(result.Usage),
            Timings = Timings(result.Timings),
            Seed = parameters.Seed,
            Model = model.Name,
        };
    }

    public static AnswerUsage Usage(GenerationUsage usage) => new(usage.PromptTokens, usage.ImageTokens, usage.CompletionTokens)
    {
        SampledTokens = usage.SampledTokens,
        CachedTokens = usage.CachedTokens,
        Pruning = usage.Pruning,
        Speculation = usage.Speculation,
    };

    public static AnswerTimings Timings(GenerationTimings timings) => new(timings.Queue, timings.Encode, timings.Prefill, timings.Decode);

    /// <summary>A box in pixels, in the space that was asked for.</summary>
    public static LocatedBox ToSpace(LocatedBox located, CoordinateSpace space, PreparedImage image)
    {
        var box = located.Box;
        return space == CoordinateSpace.Unit
            ? located with { Box = new Box(box.X1 / image.Width, box.Y1 / image.Height, box.X2 / image.Width, box.Y2 / image.Height) }
            : located;
    }
}
