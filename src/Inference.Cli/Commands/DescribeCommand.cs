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
        var methods = MethodOptions.AddTo(command);
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
                Verification = methods.ReadVerification(parsed),
                Guard = methods.ReadGuard(parsed),
                BestOf = methods.ReadBestOf(parsed),
                Candidates = candidates.Read(parsed, assistants.IsRemote(parsed)),
            };
            CheckCandidates(question);
            await using var assistant = await assistants.StartAsync(parsed, terminal, candidates.Folder(parsed), question.ProbeFiles);
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
                NoteMethods(terminal, answers);
                terminal.NoteAnswers(answers);
            }

            return ExitCode.Success;
        });
        return command;
    }

    private static void CheckCandidates(RegionQuestion question)
    {
        var (name, what) = question switch
        {
            { Candidates: null } => ("", ""),
            { Probes: not null } => ("--probe", "probes"),
            { Verification: not null } => ("--verify", "verification"),
            { BestOf: > 1 } => ("--best-of", "several answers"),
            _ => ("", ""),
        };
        if (name.Length > 0)
        {
            throw new UsageException($"{name}: found candidates as well; allowed: {what} for single descriptions");
        }
    }

    private static void NoteMethods(Terminal terminal, IReadOnlyList<Answer> answers)
    {
        for (var i = 0; i < answers.Count; i++)
        {
            if (answers.Count > 1 && (answers[i].Guard is not null || answers[i].Claims is not null))
            {
                terminal.Note($"region {i + 1}:");
            }

            terminal.NoteGuard(answers[i].Guard);
            terminal.NoteClaims(answers[i].Claims ?? []);
        }
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
