using System.Text;
using Inference.Cli.Assistants;
using Inference.Cli.Hosting;
using Inference.Cli.Options;
using Inference.Cli.Output;
using Inference.Compute.Cpu;
using Inference.Decoding.Layers;
using Inference.Decoding.Sampling;
using Inference.Engine;
using Inference.Grounding;
using Inference.Models.Prompts;

namespace Inference.Cli.Lens;

/// <summary>Answers one question through the logit lens.</summary>
internal static class LensRun
{
    private const int DefaultContext = 4096;

    /// <summary>Loads the model, answers, and gives back what the layers said.</summary>
    /// <param name="terminal">Shows the progress.</param>
    /// <param name="settings">The model.</param>
    /// <param name="question">What is asked.</param>
    /// <param name="overrides">How tokens are chosen; no strategy.</param>
    /// <param name="count">Tokens of each layer.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<LensResult> RunAsync(
        Terminal terminal, ModelSettings settings, Question question, SamplingOverrides overrides, int count,
        CancellationToken cancellationToken)
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = settings.Threads });
        var context = settings.Context ?? DefaultContext;
        var named = settings.Model;
        var model = await Loading.RunAsync(
            terminal, $"loading {named.Name}", progress => named.Load(backend, context, progress, settings.Weights, settings.Packs));
        using var host = new ModelHost(backend, [model], new ModelHostOptions
        {
            Engine = new EngineOptions { ContextLength = context, MaxSequences = 1 },
            ApplyExifOrientation = settings.ApplyExifOrientation,
        });
        List<PreparedImage> images = [];
        try
        {
            images.AddRange(question.Images.Select(image => host.Prepare(model, image)));
            Part[] parts = [.. images.Select(_ => new ImagePart()), new TextPart(question.Prompt)];
            var prompt = model.Encode([new Message(ChatRole.User, parts)], [.. images.Select(image => image.Rows)]);
            var lens = new LogitLens(model.Model.Decoder.Shape.Layers, count);
            var room = Math.Max(1, host.Engine.ContextLength(named.Name) - prompt.InputIds.Length);
            var sampling = model.Resolve(overrides, seed: 0) with { Strategy = lens };
            sampling = sampling with { MaxTokens = Math.Min(sampling.MaxTokens, room) };
            var generation = host.Submit(model, prompt, images, sampling, cancellationToken);
            var (text, generated) = (new StringBuilder(), new List<int>());
            await foreach (var token in generation.ReadAllAsync(CancellationToken.None))
            {
                text.Append(token.Text);
                generated.Add(token.Id);
            }

            var result = await generation.Completion;
            cancellationToken.ThrowIfCancellationRequested();
            return result.Reason == FinishReason.Failed
                ? throw new CommandException($"The request failed: {result.Failure?.Message}", result.Failure)
                : new LensResult(text.ToString(), generated, lens.Steps, model.Tokenizer);
        }
        finally
        {
            images.ForEach(image => image.Dispose());
        }
    }
}
