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
            if (model.Probes.FirstOrDefault(probe => probe.Name == wanted.Name) is not { } found || choices.Exists(choice => choice.Probe == found))
            {
                var names = model.Probes.Count == 0 ? "none: the model has no probes" : string.Join(", ", model.Probes.Select(probe => probe.Name));
                violations.Add($"{place}.name", $"'{wanted.Name}'", $"each at most once of {names}");
                continue;
            }

            try
            {
                choices.Add(ProbeChoice.Create(found, wanted.HasFalsePositiveRate ? wanted.FalsePositiveRate : null, $"{place}.false_positive_rate"));
            }
            catch (ProbeException refusal)
            {
                violations.Add(refusal.Field, refusal.Found, refusal.Allowed);
            }
        }

        return choices;
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
        foreach (var choice in choices)
        {
            var probe = new Glassbox.V1.ProbeChoice { Name = choice.Probe.Name };
            if (choice.Token is { } threshold)
            {
                probe.FalsePositiveRate = EffectiveParameters.Shortest(threshold.FalsePositiveRate);
            }

            message.Probes.Add(probe);
        }

        return message;
    }
}
