using Glassbox.V1;
using Inference.Decoding.Layers;
using Inference.Grounding;
using Inference.Models.Imaging;
using Inference.Server.Calls;
using Inference.Server.Errors;
using Inference.Server.Images;
using Inference.Server.Services;
using CandidateRanking = Inference.Grounding.CycleConsistency.CandidateRanking;
using CandidateSource = Inference.Grounding.CycleConsistency.CandidateSource;
using SamplingParameters = Inference.Decoding.Sampling.SamplingParameters;

namespace Inference.Server.Requests;

/// <summary>Several descriptions of every region, every value decided.</summary>
/// <param name="Candidates">What the engine gets for each, before the number of tokens is cut to the context; at least one unless there
/// are violations.</param>
/// <param name="Ranking">How they are scored.</param>
/// <param name="Listener">The model that locates.</param>
/// <param name="Listening">How it generates.</param>
/// <param name="Image">The image as it sees it; null when it cannot be used.</param>
internal sealed record RequestCandidates(
    IReadOnlyList<SamplingParameters> Candidates, CandidateRanking Ranking, ServedModel Listener, RequestParameters Listening,
    RequestImage? Image);

/// <summary>Reads <see cref="CandidateOptions"/>; notes everything that is wrong with them.</summary>
internal sealed class CandidatesReader(Call call, ServedModel model, Violations violations)
{
    private const string Field = "candidates";

    /// <param name="request">The request, whose parameters the candidates change.</param>
    /// <param name="parameters">Those parameters as they were read.</param>
    /// <param name="image">The image as the describing model sees it; null when it cannot be used.</param>
    /// <returns>Null where the request asks for no candidates.</returns>
    /// <exception cref="Grpc.Core.RpcException">NOT_FOUND: there is no such listener.</exception>
    public RequestCandidates? Read(DescribeRegionsRequest request, RequestParameters parameters, RequestImage? image)
    {
        if (request.Candidates is not { } options)
        {
            return null;
        }

        var listener = options.Listener.Length == 0 ? model : call.FindModel(options.Listener);
        var listening = new ParametersReader(listener, violations, $"{Field}.listener_parameters").Read(
            options.ListenerParameters, output: null);
        return new RequestCandidates(
            ReadCandidates(options, request, parameters), ReadRanking(options.Ranking), listener, listening,
            image is null ? null : See(listener, listening, image));
    }

    private RequestImage? See(ServedModel listener, RequestParameters listening, RequestImage image)
    {
        if (!ModelAbility.TakesImages(listener))
        {
            violations.Add($"{Field}.listener", $"'{listener.Name}', which takes no images", "a model with LOCATE_PHRASE (ListModels)");
            return null;
        }

        try
        {
            var (plan, rows) = listener.PlanImage(image.Info.Width, image.Info.Height, listening.Reduction);
            return image with { Plan = plan, Rows = rows, Reduction = listening.Reduction };
        }
        catch (ImageException refusal)
        {
            violations.Add(image.Field, refusal);
            return null;
        }
    }

    private List<SamplingParameters> ReadCandidates(CandidateOptions options, DescribeRegionsRequest request, RequestParameters parameters)
    {
        // What is wrong with the parameters of the call would be wrong with every candidate.
        if (!CheckCount(options, request.Regions.Count) || violations.Any)
        {
            return [];
        }

        var sampling = parameters.Sampling;
        return
        [
            .. options.Sources.Select((source, i) => ReadSource(source, request, parameters, $"{Field}.sources[{i}]")),
            .. CandidateSource.Samples((int)options.Samples, sampling).Select(source => source.Apply(model, sampling)),
            .. options.Layers.Select((layer, i) => ReadLayer(layer, sampling, $"{Field}.layers[{i}]")),
        ];
    }

    private bool CheckCount(CandidateOptions options, int regions)
    {
        var limits = call.Options.Limits;
        var count = options.Sources.Count + (long)options.Samples + options.Layers.Count;
        if (count == 0)
        {
            violations.Add(Field, "no candidate", "at least one among sources, samples and layers");
        }
        else if (count > limits.MaxCandidates)
        {
            violations.AddExceeded(Field, "candidates", ErrorReasons.TooManyCandidates, count, limits.MaxCandidates);
        }
        else if (count * regions > limits.MaxCandidateRuns)
        {
            violations.AddExceeded(
                Field, "candidates of all regions", ErrorReasons.TooManyCandidates, count * regions, limits.MaxCandidateRuns);
        }
        else
        {
            return true;
        }

        return false;
    }

    // The parameters of the call with the seed that it got, and over them what the source sets.
    private SamplingParameters ReadSource(
        Glassbox.V1.CandidateSource source, DescribeRegionsRequest request, RequestParameters parameters, string field)
    {
        var merged = request.Parameters?.Clone() ?? new GenerationParameters();
        (merged.Sampling ??= new Glassbox.V1.SamplingParameters()).Seed = parameters.Sampling.Seed;
        merged.Strategy = source.Strategy ?? merged.Strategy;
        if (source.Sampling is { } sampling)
        {
            merged.Sampling.MergeFrom(sampling);
        }

        return new ParametersReader(model, violations, field).Read(merged, request.Output).Sampling;
    }

    private SamplingParameters ReadLayer(uint layer, SamplingParameters sampling, string field)
    {
        try
        {
            return CandidateSource.OfLayer((int)Math.Min(layer, int.MaxValue)).Apply(model, sampling);
        }
        catch (StrategyException refusal)
        {
            violations.Add(field, $"{layer}", refusal.Allowed);
            return sampling;
        }
    }

    private CandidateRanking ReadRanking(Glassbox.V1.CandidateRanking ranking)
    {
        switch (ranking)
        {
            case Glassbox.V1.CandidateRanking.Unspecified or Glassbox.V1.CandidateRanking.Iou:
                return CandidateRanking.Iou;
            case Glassbox.V1.CandidateRanking.IouShareConfidence:
                return CandidateRanking.IouShareConfidence;
            case Glassbox.V1.CandidateRanking.IouShareLikelihood:
                return CandidateRanking.IouShareLikelihood;
            default:
                const string allowed =
                    "CANDIDATE_RANKING_IOU, CANDIDATE_RANKING_IOU_SHARE_CONFIDENCE, CANDIDATE_RANKING_IOU_SHARE_LIKELIHOOD";
                violations.Add($"{Field}.ranking", $"{(int)ranking}", allowed);
                return default;
        }
    }
}
