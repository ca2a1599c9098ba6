using System.Globalization;

namespace Inference.Decoding.Pruning;

/// <summary>
/// Schedules as text: <c>8:.5,16:.25</c>, <c>lambda:.5,stages=3</c>, <c>shifted-cosine</c> or <c>shifted-cosine:high=.85,low=.15</c>,
/// <c>average:.25,stages=3</c>; numbers in invariant culture.
/// </summary>
public static class ScheduleText
{
    /// <summary>What is accepted, in a line.</summary>
    public const string Allowed =
        "layer:keep,…, lambda:SHARE[,stages=N], average:SHARE[,stages=N] or shifted-cosine[:high=SHARE,low=SHARE]";

    /// <summary>Reads a schedule and checks what needs no model.</summary>
    /// <exception cref="PruningException">The text is none.</exception>
    public static PruningSchedule Parse(string text)
    {
        var (name, rest) = text.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon
            ? (text[..colon], text[(colon + 1)..])
            : (text, "");
        PruningSchedule schedule = name switch
        {
            "lambda" => WithStages(rest, "geometric.lambda", "geometric", (share, stages) => new GeometricSchedule(share, stages)),
            "average" => WithStages(rest, "average.share", "average", (share, stages) => new AverageSchedule(share, stages)),
            "shifted-cosine" => ShiftedCosine(rest),
            _ when name.Length > 0 && char.IsAsciiLetter(name[0]) => throw new PruningException("schedule", $"'{name}'", Allowed),
            _ => new ExplicitStages(PruningPlan.Parse(text, default).Stages),
        };
        schedule.Check();
        return schedule;
    }

    private static PruningSchedule WithStages(string text, string valueField, string field, Func<double, int, PruningSchedule> create)
    {
        var settings = text.Split(',');
        var share = Number(settings[0], valueField);
        var stages = PruningSchedule.DefaultStages;
        foreach (var setting in settings.AsSpan(1))
        {
            if (!setting.StartsWith("stages=", StringComparison.Ordinal)
                || !int.TryParse(setting.AsSpan("stages=".Length), NumberStyles.None, CultureInfo.InvariantCulture, out stages))
            {
                throw new PruningException(field, $"'{setting}'", "stages=N");
            }
        }

        return create(share, stages);
    }

    private static ShiftedCosineSchedule ShiftedCosine(string text)
    {
        var schedule = new ShiftedCosineSchedule();
        foreach (var setting in text.Length == 0 ? [] : text.Split(','))
        {
            schedule = setting.Split('=') switch
            {
                ["high", var high] => schedule with { High = Number(high, "shifted_cosine.high") },
                ["low", var low] => schedule with { Low = Number(low, "shifted_cosine.low") },
                _ => throw new PruningException("shifted_cosine", $"'{setting}'", "high=SHARE, low=SHARE"),
            };
        }

        return schedule;
    }

    private static double Number(string text, string field) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new PruningException(field, $"'{text}'", "above 0, up to 1");
}
