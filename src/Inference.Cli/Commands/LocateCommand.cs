using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Inference.Cli.Assistants;
using Inference.Cli.Options;
using Inference.Cli.Output;

namespace Inference.Cli.Commands;

/// <summary><c>glassbox locate</c>: finds what a phrase refers to.</summary>
internal static class LocateCommand
{
    public static Command Create(Terminal terminal)
    {
        var image = CommonOptions.Image();
        var phrase = new Option<string>("--phrase")
        {
            HelpName = "TEXT",
            Required = true,
            Description = "What to find, such as \"the red circle\".",
        };
        var space = RegionOption.Space();
        var json = CommonOptions.Json();
        var command = new Command("locate", "Find what a phrase refers to.") { image, phrase, space, json };
        var sampling = SamplingOptions.AddTo(command);
        var pruning = PruningOptions.AddTo(command);
        var assistants = AssistantOptions.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var settings = sampling.Read(parsed);
            var file = parsed.GetValue(image)!;
            var bytes = await File.ReadAllBytesAsync(file, cancellationToken);
            var question = new PhraseQuestion(bytes, parsed.GetValue(phrase)!, parsed.GetValue(space))
            {
                Pruning = pruning.Read(parsed),
            };
            await using var assistant = await assistants.StartAsync(parsed, terminal);
            var location = await assistant.LocateAsync(question, settings, cancellationToken);
            Json.Report(terminal, parsed.GetValue(json), writer => Write(writer, location), () => Print(terminal, location));

            return ExitCode.Success;
        });
        return command;
    }

    private static void Print(Terminal terminal, Location location)
    {
        foreach (var box in location.Boxes)
        {
            var confidence = box.Confidence.ToString("0.000", CultureInfo.InvariantCulture);
            terminal.Out.WriteLine($"{RegionStream.Format(box.Box)} confidence {confidence}");
        }

        if (location.Boxes.Count == 0)
        {
            terminal.Out.WriteLine($"no box in the answer: {location.Answer.Text}");
        }

        terminal.NoteAnswer(location.Answer);
    }

    private static void Write(Utf8JsonWriter writer, Location location)
    {
        writer.WriteStartArray("boxes");
        foreach (var box in location.Boxes)
        {
            writer.WriteStartObject();
            writer.WriteBox("box", box.Box);
            writer.WriteNumber("confidence", Math.Round(box.Confidence, 6));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteAnswer(location.Answer);
    }
}
