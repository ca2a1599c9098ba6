using Glassbox.V1;
using Inference.Compute;
using Inference.Decoding.Layers;
using Inference.Decoding.Pruning;
using Inference.Grounding;
using Inference.Models.Imaging;
using Inference.Models.Vision;
using Inference.Server.Calls;
using Inference.Server.Responses;

namespace Inference.Server.Services;

/// <summary>ListModels: what is served.</summary>
internal static class ListModelsHandler
{
    // Grids of LLaVA-NeXT go up to 1x4 and 3x3 tiles in the folders in circulation.
    private const int LargestGrid = 6;

    public static ListModelsResponse Run(Call call)
    {
        var response = new ListModelsResponse();
        response.Models.AddRange(call.Models.Models.Select(model => Describe(model, call.Models.Engine.ContextLength(model.Name))));
        response.Strategies.AddRange(StrategyRegistry.All.Select(Describe));
        response.Rankings.AddRange(RankingRegistry.All.Select(ranking => new RankingInfo
        {
            Name = ranking.Name,
            Summary = ranking.Summary,
            Paper = ranking.Paper,
            LooksAtQuestion = ranking.LooksAtQuestion,
        }));
        response.Reductions.AddRange(ReductionRegistry.All.Select(reduction => new ReductionInfo
        {
            Name = reduction.Name,
            Summary = reduction.Summary,
            Paper = reduction.Paper,
        }));
        return response;
    }

    private static StrategyInfo Describe(StrategyDescription strategy)
    {
        var message = new StrategyInfo { Name = strategy.Name, Summary = strategy.Summary, Paper = strategy.Paper };
        message.Settings.AddRange(strategy.Settings.Select(setting => new StrategySetting
        {
            Name = setting.Name,
            Type = setting.Type,
            DefaultValue = setting.Default,
            Allowed = setting.Allowed,
            Summary = setting.Summary,
        }));
        return message;
    }

    private static Model Describe(ServedModel model, int contextLength)
    {
        var message = new Model
        {
            Name = model.Name,
            Family = model.Model.Config.ModelType,
            ContextLength = (uint)contextLength,
            ImageTokens = (uint)MostImageTokens(model),
            Fingerprint = model.Model.Fingerprint,
            WeightsFormat = model.Model.Decoder.WeightsFormat switch
            {
                NumberFormat.BF16 => WeightsFormat.Bf16,
                NumberFormat.F16 => WeightsFormat.F16,
                NumberFormat.Int8 => WeightsFormat.Int8,
                NumberFormat.Int4 => WeightsFormat.Int4,
                NumberFormat.Int4Asymmetric => WeightsFormat.Int4Asymmetric,
                null => WeightsFormat.Mixed,
                _ => WeightsFormat.F32,
            },
            Capabilities = { Capability.Generate },
            Priors = { model.Priors.Keys.Order(StringComparer.Ordinal) },
            CalibratedPrunings = { model.Prunings.Keys.Order(StringComparer.Ordinal) },
        };
        message.Probes.AddRange(model.Probes.Select(ProbeMessages.Info));
        if (ModelAbility.TakesImages(model))
        {
            message.Capabilities.Add([Capability.DescribeRegions, Capability.LocatePhrase]);
            if (model.YesNo is not null)
            {
                message.Capabilities.Add(Capability.VerifyClaims);
            }
        }

        return message;
    }

    // An image that fills a grid of tiles exactly has no padding to leave out, so the largest grid gives the most rows.
    private static int MostImageTokens(ServedModel model)
    {
        if (model.Model.Vision is not { } vision)
        {
            return 0;
        }

        var side = vision.Shape.ImageSize;
        var most = 0;
        for (var rows = 1; rows <= LargestGrid; rows++)
        {
            for (var columns = 1; columns <= LargestGrid; columns++)
            {
                most = Math.Max(most, model.PlanImage(columns * side, rows * side).Rows);
            }
        }

        return most;
    }
}
