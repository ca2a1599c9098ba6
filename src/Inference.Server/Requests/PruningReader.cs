using Glassbox.V1;
using Inference.Decoding.Pruning;
using Inference.Server.Errors;
using PositionPolicy = Inference.Decoding.Pruning.PositionPolicy;
using PruningStage = Inference.Decoding.Pruning.PruningStage;

namespace Inference.Server.Requests;

/// <summary>Reads <see cref="Pruning"/>; notes the first thing that makes it no plan for a model.</summary>
internal static class PruningReader
{
    public static PruningPlan? Read(Pruning? message, int layers, Violations violations, string field)
    {
        if (message is null)
        {
            return null;
        }

        try
        {
            var stages = message.Stages.Select(stage => new PruningStage((int)Math.Min(stage.Layer, int.MaxValue), stage.Keep)).ToList();
            return PruningPlan.Create(stages, PolicyOf(message.Positions, violations, field), layers);
        }
        catch (PruningException refusal)
        {
            violations.Add($"{field}.{refusal.Field}", refusal.Found, refusal.Allowed);
            return null;
        }
    }

    /// <summary>The plan that was in effect, every field set.</summary>
    public static Pruning? Write(PruningPlan? plan)
    {
        if (plan is null)
        {
            return null;
        }

        var keeps = plan.Positions == PositionPolicy.Keep;
        var message = new Pruning { Positions = keeps ? Glassbox.V1.PositionPolicy.Keep : Glassbox.V1.PositionPolicy.Reindex };
        message.Stages.AddRange(plan.Stages.Select(stage => new Glassbox.V1.PruningStage { Layer = (uint)stage.Layer, Keep = stage.Keep }));
        return message;
    }

    private static PositionPolicy PolicyOf(Glassbox.V1.PositionPolicy policy, Violations violations, string field)
    {
        if (policy is < 0 or > Glassbox.V1.PositionPolicy.Keep)
        {
            violations.Add($"{field}.positions", $"{(int)policy}", "POSITION_POLICY_REINDEX, POSITION_POLICY_KEEP");
        }

        return policy == Glassbox.V1.PositionPolicy.Keep ? PositionPolicy.Keep : PositionPolicy.Reindex;
    }
}
