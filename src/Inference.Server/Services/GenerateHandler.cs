using System.Text;
using Glassbox.V1;
using Inference.Grounding;
using Inference.Grounding.Probes;
using Inference.Server.Calls;
using Inference.Server.Errors;
using Inference.Server.Images;
using Inference.Server.Requests;
using Inference.Server.Responses;

namespace Inference.Server.Services;

/// <summary>Generate: started, token*, completed.</summary>
internal sealed class GenerateHandler(ImageWork work)
{
    public async Task RunAsync(GenerateRequest request, Call call, EventWriter<GenerateResponse> writer)
    {
        var model = call.FindModel(request.Model);
        var violations = new Violations();
        var inspector = new ImageInspector(call.Models, model, work.Store, violations);
        var parameters = new ParametersReader(model, violations).Read(request.Parameters, request.Output);
        inspector.Reduction = parameters.Reduction;
        var conversation = new ConversationReader(model, call.Options.Limits, inspector, violations).Read(request.Messages);
        inspector.ThrowIfRefused();

        var prompt = model.Encode(conversation.Messages, [.. conversation.Images.Select(image => image.Rows)]);
        var sampling = ContextBudget.Fit(parameters.Sampling, prompt, call.Models.Engine.ContextLength(model.Name), "messages", violations);
        violations.ThrowIfAny();

        call.LimitTime(parameters.TimeLimit);
        using var images = await work.PrepareAsync(call, model, conversation.Images).ConfigureAwait(false);
        var probes = parameters.Probes.Select(choice => choice.Probe).ToArray();
        var generation = call.Models.Submit(model, prompt, images.Images, sampling, call.Work, parameters.Pruning, probes);
        call.Follow(generation);
        var queueTime = await generation.Queued.WaitAsync(call.Ended).ConfigureAwait(false);
        images.KeepOnly(0);
        call.Ended.ThrowIfCancellationRequested();
        await writer.WriteAsync(new GenerateResponse
        {
            Started = EventMessages.Started(model, conversation.Images, prompt.InputIds.Length, queueTime),
        }).ConfigureAwait(false);

        var tokens = new TokenMessages(model.Tokenizer, request.Output, parameters.Probes.Count > 0);
        var aggregator = new ProbeAggregator(parameters.Probes);
        var text = new StringBuilder();
        await foreach (var token in generation.ReadAllAsync(call.Ended).ConfigureAwait(false))
        {
            text.Append(token.Text);
            await WriteAsync(writer, aggregator.Add(token)).ConfigureAwait(false);
            await writer.WriteAsync(new GenerateResponse { Token = tokens.Delta(token) }).ConfigureAwait(false);
        }

        var result = await generation.Completion.ConfigureAwait(false);
        var reason = Endings.Of(result, call, wasCut: sampling.MaxTokens < parameters.Sampling.MaxTokens);
        if (result.HeldText.Length > 0)
        {
            text.Append(result.HeldText);
            await writer.WriteAsync(new GenerateResponse
            {
                Token = new TokenDelta { Text = result.HeldText, CompletionTokens = (uint)result.Usage.CompletionTokens },
            }).ConfigureAwait(false);
        }

        await WriteAsync(writer, [.. aggregator.Append(result.HeldText), .. aggregator.End()]).ConfigureAwait(false);
        await writer.WriteAsync(new GenerateResponse
        {
            Completed = new Completed
            {
                Text = text.ToString(),
                FinishReason = reason,
                MatchedStopSequence = result.StopString ?? "",
                Usage = EventMessages.Usage(result.Usage, tokens.WantsKept),
                Timings = EventMessages.Timings(result.Timings).With(images),
                EffectiveParameters = EffectiveParameters.Of(parameters, sampling.MaxTokens),
            },
        }).ConfigureAwait(false);
    }

    private static async Task WriteAsync(EventWriter<GenerateResponse> writer, IReadOnlyList<ProbeFinding> findings)
    {
        foreach (var next in ProbeMessages.Generated(findings))
        {
            await writer.WriteAsync(next).ConfigureAwait(false);
        }
    }
}
