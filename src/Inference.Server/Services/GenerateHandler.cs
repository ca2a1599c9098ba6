using Glassbox.V1;
using Inference.Grounding.Answers;
using Inference.Grounding.Probes;
using Inference.Server.Calls;
using Inference.Server.Errors;
using Inference.Server.Images;
using Inference.Server.Requests;
using Inference.Server.Responses;

namespace Inference.Server.Services;

/// <summary>Generate: started, what the answer's methods report (token, span, sentence, guarded, retracted, claim), completed.</summary>
internal sealed class GenerateHandler(ImageWork work)
{
    public async Task RunAsync(GenerateRequest request, Call call, EventWriter<GenerateResponse> writer)
    {
        var model = call.FindModel(request.Model);
        var violations = new Violations();
        var inspector = new ImageInspector(call.Models, model, work.Store, violations);
        var parameters = new ParametersReader(model, violations).Read(request.Parameters, request.Output);
        parameters = parameters with { Speculation = SpeculationReader.Read(request.Parameters?.Speculation, parameters, violations) };
        inspector.Reduction = parameters.Reduction;
        var conversation = new ConversationReader(model, call.Options.Limits, inspector, violations).Read(request.Messages);
        AnswerMethods.Check(parameters, conversation.Images.Count, violations);
        inspector.ThrowIfRefused();

        var prompt = model.Encode(conversation.Messages, [.. conversation.Images.Select(image => image.Rows)]);
        var sampling = ContextBudget.Fit(parameters.Sampling, prompt, call.Models.Engine.ContextLength(model.Name), "messages", violations);
        violations.ThrowIfAny();

        call.LimitTime(parameters.TimeLimit);
        using var images = await work.PrepareAsync(call, model, conversation.Images, sampling).ConfigureAwait(false);
        using var answer = new Answerer(call.Models).Start(
            new AnswerRequest(model, prompt, images.Images, parameters.Answer(sampling)), call.Work);
        call.Follow(answer);
        var queueTime = await answer.Queued.WaitAsync(call.Ended).ConfigureAwait(false);
        images.KeepOnly(0);
        call.Ended.ThrowIfCancellationRequested();
        await writer.WriteAsync(new GenerateResponse
        {
            Started = EventMessages.Started(model, conversation.Images, prompt.InputIds.Length, queueTime),
        }).ConfigureAwait(false);

        var tokens = new TokenMessages(model.Tokenizer, request.Output, parameters.Probes.Count > 0);
        await foreach (var next in answer.ReadAllAsync(call.Ended).ConfigureAwait(false))
        {
            await writer.WriteAsync(Message(next, tokens)).ConfigureAwait(false);
        }

        var (result, generation) = (answer.Result, answer.Result.Generation);
        var usage = EventMessages.Usage(generation.Usage, tokens.WantsKept);
        usage.Guard = GuardMessages.Usage(result.Guard is { } report ? [report] : []);
        await writer.WriteAsync(new GenerateResponse
        {
            Completed = new Completed
            {
                Text = result.Text,
                FinishReason = Endings.Of(generation, call, wasCut: sampling.MaxTokens < parameters.Sampling.MaxTokens),
                MatchedStopSequence = generation.StopString ?? "",
                Usage = usage,
                Timings = EventMessages.Timings(generation.Timings).With(images),
                EffectiveParameters = EffectiveParameters.Of(parameters, sampling.MaxTokens),
            },
        }).ConfigureAwait(false);
    }

    private static GenerateResponse Message(AnswerEvent next, TokenMessages tokens) => next switch
    {
        AnswerText text => new GenerateResponse { Token = tokens.Delta(text) },
        AnswerFinding finding => ProbeMessages.Generated(finding.Finding),
        AnswerRetracted retracted => new GenerateResponse { Retracted = GuardMessages.Of(retracted) },
        AnswerSegment segment => new GenerateResponse { Guarded = GuardMessages.Of(segment.Verdict) },
        AnswerClaim claim => new GenerateResponse { Claim = ClaimMessages.Of(claim.Verdict, claim.Text) },
        _ => throw new InvalidOperationException($"No message for {next.GetType().Name}."),
    };
}
