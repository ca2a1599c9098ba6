using Glassbox.V1;
using Inference.Decoding.Pruning;
using Inference.Grounding;
using Inference.Server.Errors;
using ImageReduction = Inference.Models.Vision.ImageReduction;
using PositionPolicy = Inference.Decoding.Pruning.PositionPolicy;
using PruningStage = Inference.Decoding.Pruning.PruningStage;

namespace Inference.Server.Requests;

/// <summary>Reads <see cref="Pruning"/>; notes the first thing that makes it no plan for a model.</summary>
internal static class PruningReader
{
    private const string Schedules = "one of stages, geometric, shifted_cosine, average, calibrated; or reduction alone";

    /// <param name="message">What the request says, or null.</param>
    /// <param name="model">The model.</param>
    /// <param name="violations">Where refusals are noted.</param>
    /// <param name="field">Path of the message in the request.</param>
    /// <returns>The plan inside the decoder and the reduction in front of it; null where there is none.</returns>
    public static (PruningPlan? Plan, ImageReduction? Reduction) Read(
        Pruning? message, ServedModel model, Violations violations, string field)
    {
        if (message is null)
        {
            return (null, null);
        }

        try
        {
            var choice = ChoiceOf(message, model, violations, field);
            return (choice.Resolve(model.Model.Decoder.Shape.Layers), choice.Reduction);
        }
        catch (PruningException refusal)
        {
            violations.Add($"{field}.{refusal.Field}", refusal.Found, refusal.Allowed);
            return (null, null);
        }
    }

    /// <summary>What was in effect, every field set.</summary>
    public static Pruning? Write(PruningPlan? plan, ImageReduction? reduction)
    {
        if (plan is null && reduction is null)
        {
            return null;
        }

        var message = new Pruning();
        if (plan is not null)
        {
            message.Positions = plan.Positions == PositionPolicy.Keep
                ? Glassbox.V1.PositionPolicy.Keep
                : Glassbox.V1.PositionPolicy.Reindex;
            message.Stages.AddRange(plan.Stages.Select(stage => new Glassbox.V1.PruningStage
            {
                Layer = (uint)stage.Layer,
                Keep = stage.Keep,
            }));
            message.Ranking = plan.Ranking.Name;
            message.Seed = plan.Seed;
        }

        if (reduction is not null)
        {
            message.Reduction = new Glassbox.V1.ImageReduction { Method = reduction.Method.Name, Keep = reduction.Keep };
        }

        return message;
    }

    private static PruningChoice ChoiceOf(Pruning message, ServedModel model, Violations violations, string field)
    {
        var reduction = message.Reduction is { } asked ? PruningChoice.Reduce(asked.Method, asked.Keep) : null;
        if (message.Stages.Count > 0 && message.ScheduleCase != Pruning.ScheduleOneofCase.None)
        {
            throw new PruningException("stages", $"stages beside {message.ScheduleCase}", Schedules);
        }

        if (message.ScheduleCase == Pruning.ScheduleOneofCase.Calibrated)
        {
            return Find(message.Calibrated, model) with { Reduction = reduction };
        }

        return new PruningChoice
        {
            Schedule = ScheduleOf(message) ?? (reduction is null ? throw new PruningException("stages", "none", Schedules) : null),
            Positions = PolicyOf(message.Positions, violations, field),
            Ranking = RankingRegistry.Find(message.Ranking),
            Seed = message.Seed,
            Reduction = reduction,
        };
    }

    private static PruningChoice Find(string name, ServedModel model) => model.Prunings.TryGetValue(name, out var choice)
        ? choice
        : throw new PruningException(
            "calibrated", $"'{name}'",
            model.Prunings.Count == 0 ? "none: the server has none for this model" : string.Join(", ", model.Prunings.Keys));

    private static PruningSchedule? ScheduleOf(Pruning message) => message.ScheduleCase switch
    {
        Pruning.ScheduleOneofCase.Geometric =>
            new Decoding.Pruning.GeometricSchedule(message.Geometric.Lambda, StagesOf(message.Geometric.Stages)),
        Pruning.ScheduleOneofCase.Average => new Decoding.Pruning.AverageSchedule(message.Average.Share, StagesOf(message.Average.Stages)),
        Pruning.ScheduleOneofCase.ShiftedCosine => CosineOf(message.ShiftedCosine),
        _ when message.Stages.Count > 0 =>
            new ExplicitStages([.. message.Stages.Select(stage => new PruningStage((int)Math.Min(stage.Layer, int.MaxValue), stage.Keep))]),
        _ => null,
    };

    private static Decoding.Pruning.ShiftedCosineSchedule CosineOf(Glassbox.V1.ShiftedCosineSchedule message) => new(
        message.HasHigh ? message.High : Decoding.Pruning.ShiftedCosineSchedule.DefaultHigh,
        message.HasLow ? message.Low : Decoding.Pruning.ShiftedCosineSchedule.DefaultLow);

    private static int StagesOf(uint stages) => stages == 0 ? PruningSchedule.DefaultStages : (int)Math.Min(stages, int.MaxValue);

    private static PositionPolicy PolicyOf(Glassbox.V1.PositionPolicy policy, Violations violations, string field)
    {
        if (policy is < 0 or > Glassbox.V1.PositionPolicy.Keep)
        {
            violations.Add($"{field}.positions", $"{(int)policy}", "POSITION_POLICY_REINDEX, POSITION_POLICY_KEEP");
        }

        return policy == Glassbox.V1.PositionPolicy.Keep ? PositionPolicy.Keep : PositionPolicy.Reindex;
    }
}
