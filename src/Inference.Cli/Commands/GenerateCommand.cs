using System.CommandLine;
using Inference.Cli.Assistants;
using Inference.Cli.Options;
using Inference.Cli.Output;

namespace Inference.Cli.Commands;

/// <summary><c>glassbox generate</c>: answers one question.</summary>
internal static class GenerateCommand
{
    public static Command Create(Terminal terminal)
    {
        var images = CommonOptions.Images();
        var prompt = new Option<string>("--prompt") { HelpName = "TEXT", Required = true, Description = "The question." };
        var system = new Option<string?>("--system") { HelpName = "TEXT", Description = "Instructions in front of the conversation." };
        var json = CommonOptions.Json();
        var command = new Command("generate", "Answer a question about images.") { images, prompt, system, json };
        var sampling = SamplingOptions.AddTo(command);
        var pruning = PruningOptions.AddTo(command);
        var probes = ProbeOptions.AddTo(command);
        var showKept = ShowKeptOption.AddTo(command);
        var methods = MethodOptions.AddTo(command);
        var speculate = SpeculateOption.AddTo(command);
        var showScores = ShowScoresOption.AddTo(command);
        var assistants = AssistantOptions.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (asJson, settings) = (parsed.GetValue(json), sampling.Read(parsed));
            var drops = pruning.Read(parsed);
            byte[][] files = [.. parsed.GetValue(images)!.Select(File.ReadAllBytes)];
            var question = new Question(files, parsed.GetValue(prompt)!, parsed.GetValue(system))
            {
                Pruning = drops,
                ShowKept = showKept.Wanted(parsed, drops is not null, !assistants.IsRemote(parsed)),
                Probes = probes.Read(parsed),
                Verification = methods.ReadVerification(parsed),
                Guard = methods.ReadGuard(parsed),
                BestOf = methods.ReadBestOf(parsed),
                Speculation = SpeculateOption.Read(parsed, speculate),
            };
            showScores.Check(parsed, question.Probes);
            await using var assistant = await assistants.StartAsync(parsed, terminal, probes: question.ProbeFiles);
            Action<string> onText = asJson ? _ => { } : terminal.Out.Write;
            var answer = await assistant.GenerateAsync(question, settings, onText, cancellationToken);
            showKept.Write(parsed, [answer]);
            showScores.Write(parsed, answer);
            if (asJson)
            {
                Json.Print(terminal, writer => writer.WriteAnswer(answer));
            }
            else
            {
                terminal.Out.WriteLine();
                terminal.NoteProbes([answer]);
                terminal.NoteGuard(answer.Guard);
                terminal.NoteClaims(answer.Claims ?? []);
                terminal.NoteAnswer(answer);
            }

            return ExitCode.Success;
        });
        return command;
    }
}
