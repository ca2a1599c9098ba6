using System.CommandLine;
using Inference.Cli.Assistants;
using Inference.Cli.Lens;
using Inference.Cli.Options;
using Inference.Cli.Output;

namespace Inference.Cli.Commands;

/// <summary><c>glassbox lens</c>: what every layer would say at every generated token.</summary>
internal static class LensCommand
{
    private const int DefaultTop = 3;
    private const int MostTop = 100;

    public static Command Create(Terminal terminal)
    {
        var images = CommonOptions.Images();
        var prompt = new Option<string>("--prompt") { HelpName = "TEXT", Required = true, Description = "The question." };
        var top = CommonOptions.Integer("--top", "K", $"Tokens of each layer in the JSON; {DefaultTop} without it.", 1, MostTop);
        var svg = new Option<string?>("--svg") { HelpName = "FILE", Description = "Draw it." };
        var json = CommonOptions.Json();
        var command = new Command("lens", "Answer a question and show what every layer would have said (logit lens, final norm applied).")
        {
            images, prompt, top, svg, json,
        };
        var sampling = SamplingOptions.AddTo(command);
        var model = ModelOptions.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var settings = sampling.Read(parsed);
            if (settings.Strategy is { } strategy)
            {
                throw new UsageException($"--strategy: found {strategy.Name}; allowed: none, the lens shows the model as it is");
            }

            byte[][] files = [.. parsed.GetValue(images)!.Select(File.ReadAllBytes)];
            var question = new Question(files, parsed.GetValue(prompt)!, System: null);
            var result = await LensRun.RunAsync(
                terminal, model.Read(parsed), question, settings, parsed.GetValue(top) ?? DefaultTop, cancellationToken);
            if (parsed.GetValue(svg) is { } file)
            {
                await File.WriteAllTextAsync(file, LensPicture.Draw(result, question.Prompt), cancellationToken);
                terminal.Note(file);
            }

            Json.Report(
                terminal, parsed.GetValue(json), writer => LensOutput.Write(writer, result), () => LensOutput.Print(terminal, result));

            return ExitCode.Success;
        });
        return command;
    }
}
