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
        var candidates = CandidateOptions.AddTo(command);
        var pruning = PruningOptions.AddTo(command);
        var probes = ProbeOptions.AddTo(command);
        var showKept = ShowKeptOption.AddTo(command);
        var assistants = AssistantOptions.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (asJson, settings) = (parsed.GetValue(json), sampling.Read(parsed));
            var drops = pruning.Read(parsed);
            var file = parsed.GetValue(image)!;
            var bytes = await File.ReadAllBytesAsync(file, cancellationToken);
            var question = new RegionQuestion(bytes, parsed.GetValue(regions)!, parsed.GetValue(space), parsed.GetValue(detail))
            {
                Pruning = drops,
                ShowKept = showKept.Wanted(parsed, drops is not null, !assistants.IsRemote(parsed)),
                Probes = probes.Read(parsed),
                Candidates = candidates.Read(parsed, assistants.IsRemote(parsed)),
            };
            if (question is { Probes: not null, Candidates: not null })
            {
                throw new UsageException("--probe: found candidates as well; allowed: probes for single descriptions");
            }

            await using var assistant = await assistants.StartAsync(parsed, terminal, candidates.Folder(parsed), question.Probes?.Probes);
            var stream = asJson ? null : Stream(terminal, question);
            var answers = await assistant.DescribeAsync(question, settings, stream, cancellationToken);
            showKept.Write(parsed, answers);
            if (asJson)
            {
                Json.Print(terminal, writer => Write(writer, question, answers));
            }
            else
            {
                terminal.NoteCandidates(answers);
                terminal.NoteProbes(answers);
                terminal.NoteAnswers(answers);
            }

            return ExitCode.Success;
        });
        return command;
    }

    // One region needs no label: its text alone is the answer.
    private static RegionStream Stream(Terminal terminal, RegionQuestion question) => new(terminal, question.Regions.Count, i =>
    {
        if (question.Regions.Count > 1)
        {
            terminal.Label(RegionStream.Format(question.Regions[i]));
        }
    });

    private static void Write(Utf8JsonWriter writer, RegionQuestion question, IReadOnlyList<Answer> answers)
    {
        if (answers.Count == 1)
        {
            writer.WriteBox("region", question.Regions[0]);
            writer.WriteAnswer(answers[0]);
            writer.WriteCandidates(answers[0].Candidates);
            return;
        }

        writer.WriteStartArray("regions");
        for (var i = 0; i < answers.Count; i++)
        {
            writer.WriteStartObject();
            writer.WriteBox("region", question.Regions[i]);
            writer.WriteAnswer(answers[i]);
            writer.WriteCandidates(answers[i].Candidates);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
