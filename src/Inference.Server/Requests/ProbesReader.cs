using Glassbox.V1;
using Inference.Decoding.Probes;
using Inference.Grounding;
using Inference.Server.Errors;
using Inference.Server.Responses;
using ProbeChoice = Inference.Grounding.Probes.ProbeChoice;

namespace Inference.Server.Requests;

/// <summary>Reads <see cref="ProbeOptions"/>; notes probes that the model does not have.</summary>
internal static class ProbesReader
{
    public static IReadOnlyList<ProbeChoice> Read(ProbeOptions? options, ServedModel model, Violations violations, string field)
    {
        List<ProbeChoice> choices = [];
        for (var i = 0; i < (options?.Probes.Count ?? 0); i++)
        {
            var (wanted, place) = (options!.Probes[i], $"{field}.probes[{i}]");
            if (choices.Exists(choice => choice.Probe.Name == wanted.Name))
            {
                Unknown(wanted, model, violations, place);
            }
            else if (Read(wanted, model, violations, place) is { } choice)
            {
                choices.Add(choice);
            }
        }

        return choices;
    }

    /// <summary>One probe; null where the model does not have it.</summary>
    public static ProbeChoice? Read(Glassbox.V1.ProbeChoice wanted, ServedModel model, Violations violations, string place)
    {
        if (model.Probes.FirstOrDefault(probe => probe.Name == wanted.Name) is not { } found)
        {
            Unknown(wanted, model, violations, place);
            return null;
        }

        try
        {
            return ProbeChoice.Create(found, wanted.HasFalsePositiveRate ? wanted.FalsePositiveRate : null, $"{place}.false_positive_rate");
        }
        catch (ProbeException refusal)
        {
            violations.Add(refusal.Field, refusal.Found, refusal.Allowed);
            return null;
        }
    }

    /// <summary>Notes that probes are given where they do nothing.</summary>
    public static void Refuse(IReadOnlyList<ProbeChoice> choices, string where, string field, Violations violations)
    {
        if (choices.Count > 0)
        {
            violations.Add(field, $"{choices.Count} probes", $"none {where}");
        }
    }

    /// <summary>What was in effect; null without probes.</summary>
    public static ProbeOptions? Write(IReadOnlyList<ProbeChoice> choices)
    {
        if (choices.Count == 0)
        {
            return null;
        }

        var message = new ProbeOptions();
        message.Probes.AddRange(choices.Select(Write));
        return message;
    }

    /// <summary>One probe, with the rate that was in effect.</summary>
    public static Glassbox.V1.ProbeChoice Write(ProbeChoice choice)
    {
        var probe = new Glassbox.V1.ProbeChoice { Name = choice.Probe.Name };
        if (choice.Token is { } threshold)
        {
            probe.FalsePositiveRate = EffectiveParameters.Shortest(threshold.FalsePositiveRate);
        }

        return probe;
    }

    private static void Unknown(Glassbox.V1.ProbeChoice wanted, ServedModel model, Violations violations, string place)
    {
        var names = model.Probes.Count == 0 ? "none: the model has no probes" : string.Join(", ", model.Probes.Select(probe => probe.Name));
        violations.Add($"{place}.name", $"'{wanted.Name}'", $"each at most once of {names}");
    }
}
