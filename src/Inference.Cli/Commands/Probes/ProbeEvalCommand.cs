using System.CommandLine;
using Inference.Cli.Options;
using Inference.Cli.Output;
using Inference.Decoding.Probes;
using Inference.Grounding.Probes.Data;
using Inference.Grounding.Probes.Metrics;

namespace Inference.Cli.Commands.Probes;

/// <summary><c>glassbox probe eval</c>: a probe on answers about images that it was not trained on, beside the baselines.</summary>
internal static class ProbeEvalCommand
{
    private const int DefaultResamples = 1000;

    public static Command Create(Terminal terminal)
    {
        var folders = DataOption.Create();
        var file = new Option<string>("--probe") { HelpName = "FILE", Required = true, Description = "The probe." };
        var resamples = CommonOptions.Integer(
            "--resamples", "N", $"Draws of images for the intervals; {DefaultResamples} without it.", 1, 100_000);
        var json = CommonOptions.Json();
        var command = new Command("eval", "Measure a probe on collected answers, beside position, words, entropy and surprise.")
        {
            folders, file, resamples, json,
        };
        command.SetAction(parsed =>
        {
            using var data = ProbeDataSet.Open(parsed.GetValue(folders)!);
            var probe = ProbeFile.Read(parsed.GetValue(file)!);
            var score = ProbeEvaluator.Evaluate(data, probe, parsed.GetValue(resamples) ?? DefaultResamples);
            Json.Report(
                terminal, parsed.GetValue(json), writer => ProbeScoreOutput.Write(writer, probe, score),
                () => ProbeScoreOutput.Print(terminal, probe, score));

            return ExitCode.Success;
        });
        return command;
    }
}
