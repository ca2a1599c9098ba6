using Glassbox.V1;
using Inference.Grounding;
using Inference.Models.Prompts;
using Inference.Server.Calls;
using Inference.Server.Errors;
using Inference.Server.Images;
using Inference.Server.Requests;
using Inference.Server.Responses;
using Microsoft.Extensions.Logging;
using SamplingParameters = Inference.Decoding.Sampling.SamplingParameters;

namespace Inference.Server.Services;

/// <summary>DescribeRegions: one image, encoded once; the regions run side by side in the batch and share the stream.</summary>
internal sealed class DescribeRegionsHandler(ImageWork work, ILogger logger)
{
    public async Task RunAsync(DescribeRegionsRequest request, Call call, EventWriter<DescribeRegionsResponse> writer)
    {
        var model = call.FindModel(request.Model);
        var violations = new Violations();
        var inspector = new ImageInspector(call.Models, model, work.Store, violations);
        var parameters = new ParametersReader(model, violations).Read(request.Parameters, request.Output);
        SpeculationReader.Refuse(request.Parameters, "parameters", violations);
        SpeculationReader.Refuse(request.Candidates?.ListenerParameters, "candidates.listener_parameters", violations);
        inspector.Reduction = parameters.Reduction;
        var image = ModelAbility.TakesImages(model, violations) ? inspector.Inspect(request.Image, "image") : null;
        var regions = new RegionReader(call.Options.Limits, violations).Read(
            request.Regions, image is null ? null : (image.Info.Width, image.Info.Height));
        var candidates = new CandidatesReader(call, model, violations).Read(request, parameters, image);
        AnswerMethods.CheckRegions(parameters, request.Candidates is not null, violations);
        AnswerMethods.Refuse(candidates?.Listening, "when a phrase is located", "candidates.listener_parameters", violations);
        ProbesReader.Refuse(candidates is null ? [] : parameters.Probes, "together with candidates", "parameters.probes", violations);
        ProbesReader.Refuse(
            candidates?.Listening.Probes ?? [], "when a phrase is located", "candidates.listener_parameters.probes", violations);
        inspector.ThrowIfRefused();

        var prompts = Encode(model, image!, regions, request.InDetail, violations);
        violations.ThrowIfAny();
        var contextLength = call.Models.Engine.ContextLength(model.Name);
        var sampling = prompts.ConvertAll(prompt => ContextBudget.Fit(parameters.Sampling, prompt, contextLength, "regions", violations));
        violations.ThrowIfAny();

        call.LimitTime(parameters.TimeLimit);
        var listening = candidates?.Listening.Sampling;
        var other = candidates is { Image: { } seen } && (candidates.Listener != model || seen.Reduction != image!.Reduction) ? seen : null;
        List<SamplingParameters> seeing = [.. candidates?.Candidates ?? [parameters.Sampling]];
        if (other is null && listening is not null)
        {
            seeing.Add(listening);
        }

        using var images = await work.PrepareAsync(call, model, [image!], seeing).ConfigureAwait(false);
        using var heard = other is null
            ? null
            : await work.PrepareAsync(call, candidates!.Listener, [other], listening!).ConfigureAwait(false);
        var submission = new RegionSubmission(call, model, parameters, images.Images[0], candidates, (heard ?? images).Images[0]);
        using var running = new RunningRegions();
        for (var i = 0; i < regions.Count; i++)
        {
            // All or none: what was queued before a refusal ends with the call.
            running.Add(submission.Submit(regions[i], prompts[i], sampling[i]));
        }

        var first = await Task.WhenAny(running.Select(region => region.Answer.Queued)).WaitAsync(call.Ended).ConfigureAwait(false);
        var queueTime = await first.ConfigureAwait(false);
        images.KeepOnly(0);
        call.Ended.ThrowIfCancellationRequested();
        await writer.WriteAsync(
            new DescribeRegionsResponse { Started = EventMessages.Started(model, [image!], 0, queueTime) }).ConfigureAwait(false);

        var stream = new RegionStream(call, new TokenMessages(model.Tokenizer, request.Output, parameters.Probes.Count > 0), logger);
        await stream.RunAsync(running, writer).ConfigureAwait(false);
        await writer.WriteAsync(new DescribeRegionsResponse
        {
            Completed = RegionTotals.Of(
                running, images, queueTime, EffectiveParameters.Of(parameters, sampling.Max(region => region.MaxTokens))),
        }).ConfigureAwait(false);
    }

    private static List<EncodedPrompt> Encode(
        ServedModel model, RequestImage image, IReadOnlyList<RequestRegion> regions, bool inDetail, Violations violations)
    {
        List<EncodedPrompt> prompts = [];
        foreach (var region in regions)
        {
            try
            {
                prompts.Add(model.EncodeRegion(image.Plan.Mapping, image.Rows, region.Pixels, inDetail, region.Field));
            }
            catch (PromptException refusal)
            {
                violations.Add(refusal);
            }
        }

        return prompts;
    }
}
