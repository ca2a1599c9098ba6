using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Inference.Cli.Options;
using Inference.Cli.Output;
using Inference.Decoding.Probes;
using Inference.Grounding.Probes.Data;
using Inference.Grounding.Probes.Training;

namespace Inference.Cli.Commands.Probes;

/// <summary><c>glassbox probe train</c>: from collected answers to a probe file.</summary>
internal static class ProbeTrainCommand
{
    public static Command Create(Terminal terminal)
    {
        var options = new ProbeTrainOptions();
        var json = CommonOptions.Json();
        var command = new Command(
            "train", "Train a linear probe on collected answers: layer and penalty by cross-validation, calibrated on what was held out.")
        {
            json,
        };
        options.AddTo(command);
        command.SetAction(parsed =>
        {
            var (folders, output, training) = options.Read(parsed);
            using var data = ProbeDataSet.Open(folders);
            var trained = ProbeTrainer.Train(data, training, new CandidateNotes(terminal));
            ProbeFile.Write(output, trained.Probe);
            if (parsed.GetValue(json))
            {
                Json.Print(terminal, writer => Write(writer, output, trained));
            }
            else
            {
                terminal.Note($"{output}: layer {Layers(trained.Chosen)}, " +
                    $"trained on {trained.Spans} spans ({trained.Hallucinated} hallucinated) " +
                    $"about {trained.Images} images; cross-validated {Describe(trained.Chosen)}");
                if (trained.Moments is { } moments)
                {
                    terminal.Note($"whole spans by mean and deviation: {Describe(moments)}");
                }
            }

            return ExitCode.Success;
        });
        return command;
    }

    private static void Write(Utf8JsonWriter writer, string output, TrainedProbe trained)
    {
        writer.WriteString("out", Path.GetFullPath(output));
        writer.WriteString("name", trained.Probe.Name);
        writer.WriteNumber("spans", trained.Spans);
        writer.WriteNumber("hallucinated", trained.Hallucinated);
        writer.WriteNumber("images", trained.Images);
        Write(writer, "chosen", trained.Chosen);
        if (trained.Moments is { } moments)
        {
            Write(writer, "moments", moments);
        }

        writer.WriteStartArray("candidates");
        foreach (var candidate in trained.Candidates)
        {
            Write(writer, null, candidate);
        }

        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, string? name, CandidateScore score)
    {
        if (name is null)
        {
            writer.WriteStartObject();
        }
        else
        {
            writer.WriteStartObject(name);
        }

        writer.WriteNumbers("layers", score.Layers.Select(layer => (long)layer));
        writer.WriteNumber("penalty", score.Penalty);
        writer.WriteScore("auroc", score.Auroc);
        writer.WriteScore("auroc_within_positions", score.AurocWithinPositions);
        writer.WriteEndObject();
    }

    private static string Layers(CandidateScore score) => string.Join(',', score.Layers);

    private static string Describe(CandidateScore score) => string.Create(
        CultureInfo.InvariantCulture,
        $"AUROC {score.Auroc:0.000}, within positions {score.AurocWithinPositions:0.000}, penalty {score.Penalty:0.#####}");

    private sealed class CandidateNotes(Terminal terminal) : IProgress<CandidateScore>
    {
        public void Report(CandidateScore value) => terminal.Note($"layer {Layers(value)}: {Describe(value)}");
    }
}
