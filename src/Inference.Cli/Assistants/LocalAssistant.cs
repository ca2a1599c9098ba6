using System.Security.Cryptography;
using System.Text;
using Inference.Cli.Hosting;
using Inference.Cli.Options;
using Inference.Cli.Output;
using Inference.Compute.Cpu;
using Inference.Decoding.Pruning;
using Inference.Decoding.Sampling;
using Inference.Engine;
using Inference.Grounding;
using Inference.Models.Prompts;
using Inference.Models.Regions;

namespace Inference.Cli.Assistants;

/// <summary>A model in this process.</summary>
internal sealed class LocalAssistant : IAssistant
{
    private const int DefaultContext = 4096;
    private const int MaxSequences = 64;

    private readonly CpuBackend _backend;
    private readonly ModelHost _host;
    private readonly ServedModel _model;

    private LocalAssistant(CpuBackend backend, ModelHost host) => (_backend, _host, _model) = (backend, host, host.Models[0]);

    /// <summary>Loads the model and starts its engine.</summary>
    public static async Task<LocalAssistant> StartAsync(Terminal terminal, ModelSettings settings)
    {
        var backend = new CpuBackend(new CpuOptions { Threads = settings.Threads });
        try
        {
            var context = settings.Context ?? DefaultContext;
            var (name, folder) = settings.Model;
            var model = await Loading.RunAsync(
                terminal, $"loading {name}", progress => ServedModel.Load(name, folder, backend, context, progress, settings.Weights));
            var options = new ModelHostOptions
            {
                Engine = new EngineOptions { ContextLength = context, MaxSequences = MaxSequences, MaxQueue = int.MaxValue },
                ApplyExifOrientation = settings.ApplyExifOrientation,
            };
            return new LocalAssistant(backend, new ModelHost(backend, [model], options));
        }
        catch
        {
            backend.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<Answer> GenerateAsync(
        Question question, SamplingOverrides sampling, Action<string> onText, CancellationToken cancellationToken)
    {
        var images = new List<PreparedImage>();
        try
        {
            foreach (var image in question.Images)
            {
                images.Add(_host.Prepare(_model, image));
            }

            Part[] parts = [.. images.Select(_ => new ImagePart()), new TextPart(question.Prompt)];
            List<Message> messages = [new Message(ChatRole.User, parts)];
            if (question.System is { } system)
            {
                messages.Insert(0, new Message(ChatRole.System, [new TextPart(system)]));
            }

            var prompt = _model.Encode(messages, [.. images.Select(image => image.Rows)]);
            var (answer, _) = await AskAsync(prompt, images, Resolve(sampling), question.Pruning, onText, cancellationToken);
            return answer;
        }
        finally
        {
            images.ForEach(image => image.Dispose());
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Answer>> DescribeAsync(
        RegionQuestion question, SamplingOverrides sampling, IRegionObserver? observer, CancellationToken cancellationToken)
    {
        using var image = _host.Prepare(_model, question.Image);
        var parameters = Resolve(sampling);
        EncodedPrompt[] prompts = [.. question.Regions.Select((region, i) =>
        {
            var field = question.Regions.Count == 1 ? "--region" : $"--region {i + 1}";
            var box = RegionValidator.ToPixels(region, question.Space, image.Width, image.Height, field);
            return _model.EncodeRegion(image.View, image.Rows, box, question.InDetail, field);
        })];
        return await Task.WhenAll(prompts.Select(async (prompt, i) =>
        {
            var (answer, _) = await AskAsync(
                prompt, [image], parameters, question.Pruning, text => observer?.Append(i, text), cancellationToken);
            observer?.End(i);
            return answer;
        }));
    }

    /// <inheritdoc/>
    public async Task<Location> LocateAsync(PhraseQuestion question, SamplingOverrides sampling, CancellationToken cancellationToken)
    {
        using var image = _host.Prepare(_model, question.Image);
        var prompt = _model.EncodePhrase(question.Phrase, image.Rows);
        var (answer, tokens) = await AskAsync(prompt, [image], Resolve(sampling), question.Pruning, _ => { }, cancellationToken);
        var boxes = BoxReader.Read(_model, image, tokens);
        return new Location([.. boxes.Select(box => box with { Box = ToSpace(box.Box, question.Space, image) })], answer);
    }

    private static Box ToSpace(Box box, CoordinateSpace space, PreparedImage image) => space == CoordinateSpace.Unit
        ? new Box(box.X1 / image.Width, box.Y1 / image.Height, box.X2 / image.Width, box.Y2 / image.Height)
        : box;

    private SamplingParameters Resolve(SamplingOverrides sampling)
    {
        Span<byte> seed = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(seed);
        return _model.Resolve(sampling, BitConverter.ToUInt64(seed) >> 11);
    }

    // The number of tokens is cut to what the context holds, as a server does it. Log-probabilities are always there for boxes.
    private async Task<(Answer Answer, IReadOnlyList<TokenEvent> Tokens)> AskAsync(
        EncodedPrompt prompt, IReadOnlyList<PreparedImage> images, SamplingParameters parameters, PruningPlan? pruning, Action<string> onText,
        CancellationToken cancellationToken)
    {
        var room = Math.Max(1, _host.Engine.ContextLength(_model.Name) - prompt.InputIds.Length);
        var wasCut = parameters.MaxTokens > room;
        var sampling = parameters with { MaxTokens = Math.Min(parameters.MaxTokens, room), Logprobs = true };
        var generation = _host.Submit(_model, prompt, images, sampling, cancellationToken, pruning);
        var tokens = new List<TokenEvent>();
        var text = new StringBuilder();
        await foreach (var token in generation.ReadAllAsync(CancellationToken.None))
        {
            tokens.Add(token);
            text.Append(token.Text);
            onText(token.Text);
        }

        var result = await generation.Completion;
        switch (result.Reason)
        {
            case FinishReason.Failed:
                throw new CommandException($"The request failed: {result.Failure?.Message}", result.Failure);
            case FinishReason.Cancelled:
                throw new OperationCanceledException();
        }

        var wantsLogprobs = parameters.Logprobs || parameters.TopLogprobs > 0;
        var (usage, timings) = (result.Usage, result.Timings);
        var answer = new Answer
        {
            Text = text.ToString(),
            Tokens = [.. tokens.Select(token => new AnswerToken(token.Id, wantsLogprobs ? token.Logprob : null, token.TopLogprobs))],
            FinishReason = FinishReasons.Name(
                wasCut && result.Reason == FinishReason.MaxTokens ? FinishReason.ContextFull : result.Reason),
            StopString = result.StopString,
            Usage = new AnswerUsage(usage.PromptTokens, usage.ImageTokens, usage.CompletionTokens) { Pruning = usage.Pruning },
            Timings = new AnswerTimings(timings.Queue, timings.Encode, timings.Prefill, timings.Decode),
            Seed = parameters.Seed,
            Model = _model.Name,
        };
        return (answer, tokens);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _host.Dispose();
        _backend.Dispose();
        return ValueTask.CompletedTask;
    }
}
