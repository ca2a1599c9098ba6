using Glassbox.V1;
using Inference.Decoding.Pruning;
using PruningUsage = Inference.Engine.PruningUsage;

namespace Inference.Cli.Assistants;

/// <summary>What drops image rows, and what it came to, to and from messages of glassbox.v1.</summary>
internal static class PruningWire
{
    public static Pruning? Message(PruningChoice? choice)
    {
        if (choice is null)
        {
            return null;
        }

        var message = new Pruning();
        if (choice.Reduction is { } reduction)
        {
            message.Reduction = new ImageReduction { Method = reduction.Method.Name, Keep = reduction.Keep };
        }

        if (choice.Calibrated is { } name)
        {
            message.Calibrated = name;
        }
        else if (choice.Schedule is { } schedule)
        {
            Set(message, schedule);
            var keeps = choice.Positions == Decoding.Pruning.PositionPolicy.Keep;
            message.Positions = keeps ? Glassbox.V1.PositionPolicy.Keep : Glassbox.V1.PositionPolicy.Reindex;
            message.Ranking = choice.Ranking.Name;
            message.Seed = choice.Seed;
        }

        return message;
    }

    public static PruningUsage? Usage(Glassbox.V1.PruningUsage? message) => message is null
        ? null
        : new PruningUsage([.. message.KeptTokens.Select(count => (int)count)], (long)message.KvBytesSaved)
        {
            RankingTime = message.RankingTime?.ToTimeSpan() ?? default,
            EncodedTokens = message.HasEncodedTokens ? (int)message.EncodedTokens : null,
            ChosenRows = message.Kept.FirstOrDefault(kept => !kept.HasStage) is { } chosen ? Rows(chosen) : [],
            KeptRows = [.. message.Kept.Where(kept => kept.HasStage).OrderBy(kept => kept.Stage).Select(Rows)],
        };

    private static int[] Rows(KeptTokens kept) => [.. kept.Offsets.Select(offset => (int)offset)];

    private static void Set(Pruning message, PruningSchedule schedule)
    {
        switch (schedule)
        {
            case Decoding.Pruning.GeometricSchedule geometric:
                message.Geometric = new() { Lambda = geometric.Lambda, Stages = (uint)geometric.Stages };
                break;
            case Decoding.Pruning.AverageSchedule average:
                message.Average = new() { Share = average.Share, Stages = (uint)average.Stages };
                break;
            case Decoding.Pruning.ShiftedCosineSchedule cosine:
                message.ShiftedCosine = new() { High = cosine.High, Low = cosine.Low };
                break;
            case ExplicitStages stages:
                message.Stages.AddRange(stages.Stages.Select(stage => new Glassbox.V1.PruningStage
                {
                    Layer = (uint)stage.Layer,
                    Keep = stage.Keep,
                }));
                break;
        }
    }
}
