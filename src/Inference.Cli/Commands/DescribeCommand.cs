using System.CommandLine;
using System.Text.Json;
using Inference.Cli.Assistants;
using Inference.Cli.Options;
using Inference.Cli.Output;

namespace Inference.Cli.Commands;

/// <summary><c>glassbox describe</c>: describes regions of an image, which is encoded once.</summary>
internal static class DescribeCommand
{
    public static Command Create(Terminal terminal)
    {
        var image = CommonOptions.Image();
        var regions = RegionOption.Regions();
        var space = RegionOption.Space();
        var detail = new Option<bool>("--detail") { Description = "A full description instead of a short expression." };
        var json = CommonOptions.Json();
        var command = new Command("describe", "Describe regions of an image.") { image, regions, space, detail, json };
        var sampling = SamplingOptions.AddTo(command);
        var assistants = AssistantOptions.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var asJson = parsed.GetValue(json);
            var file = parsed.GetValue(image)!;
            var bytes = await File.ReadAllBytesAsync(file, cancellationToken).ConfigureAwait(false);
            var question = new RegionQuestion(bytes, parsed.GetValue(regions)!, parsed.GetValue(space), parsed.GetValue(detail));
            await using var assistant = await assistants.StartAsync(parsed, terminal).ConfigureAwait(false);
            var stream = asJson ? null : new RegionStream(terminal, question.Regions);
            var answers = await assistant.DescribeAsync(question, sampling.Read(parsed), (i, text) => stream?.Append(i, text), cancellationToken).ConfigureAwait(false);
            if (asJson)
            {
                Json.Print(terminal, writer => Write(writer, question, answers));
            }
            else
            {
                stream!.Complete();
                terminal.NoteAnswer(answers[0]);
            }

            return ExitCode.Success;
        });
        return command;
    }

    private static void Write(Utf8JsonWriter writer, RegionQuestion question, IReadOnlyList<Answer> answers)
    {
        if (answers.Count == 1)
        {
            writer.WriteBox("region", question.Regions[0]);
            writer.WriteAnswer(answers[0]);
            return;
        }

        writer.WriteStartArray("regions");
        for (var i = 0; i < answers.Count; i++)
        {
            writer.WriteStartObject();
            writer.WriteBox("region", question.Regions[i]);
            writer.WriteAnswer(answers[i]);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
