using System.CommandLine;
using Inference.Cli.Assistants;
using Inference.Cli.Hosting;
using Inference.Cli.Options;
using Inference.Cli.Output;
using Inference.Cli.Scenes;
using Inference.Grounding.Evaluation.Degrading;
using Inference.Grounding.Evaluation.Scenes;

namespace Inference.Cli.Commands;

/// <summary><c>glassbox eval scenes</c>: compares methods on drawn scenes, of which everything is known.</summary>
internal static class EvalScenesCommand
{
    private const int DefaultInFlight = 16;
    private const int MostInFlight = 64;

    public static Command Create(Terminal terminal)
    {
        var data = new Option<string?>("--data")
        {
            HelpName = "DIR",
            Description = "Folder with annotations.jsonl and images; the bundled scenes without it.",
        };
        var tasks = List("--tasks", Enum.GetValues<SceneTask>().Select(Name), "What is asked");
        var groups = List("--methods", Methods.Groups, "Groups of methods to compare");
        var own = new Option<string[]>("--method")
        {
            HelpName = "NAME: FLAGS",
            Description = "A method by the flags of generate, describe and locate; repeat for several. Without --methods these alone "
                + "stand beside greedy.",
            DefaultValueFactory = _ => [],
        };
        var limit = CommonOptions.Integer("--limit", "N", "Use the first N scenes.", 1);
        var degrade = DegradationOption.Create();
        var inFlight = CommonOptions.Integer(
            "--in-flight", "N", $"Questions answered at the same time; {DefaultInFlight} without it.", 1, MostInFlight);
        var summary = new Option<bool>("--summary") { Description = "One table over all tasks, of the measures that tell most." };
        var markdown = new Option<bool>("--markdown") { Description = "Tables in Markdown." };
        var json = CommonOptions.Json();
        var command = new Command(
            "scenes", "Compare methods on drawn scenes: captions, regions, boxes and existence, with paired differences against greedy.")
        {
            data, tasks, groups, own, limit, degrade, inFlight, summary, markdown, json,
        };
        var model = ModelOptions.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var flags = new MethodFlags();
            var lines = Choose(
                parsed.GetValue(groups)!, [.. parsed.GetValue(own)!.Select(MethodLine.Parse)], isBundled: model.Named(parsed) is null);
            Method[] methods = [.. lines.Select(flags.Read)];
            SceneTask[] asked = [.. Enum.GetValues<SceneTask>().Where(task => IsWanted(parsed.GetValue(tasks), Name(task)))];
            var degradation = parsed.GetValue(degrade);
            var folder = parsed.GetValue(data) ?? BundledModel.FindScenes();
            var scenes = SceneFolder.Load(folder, parsed.GetValue(limit), degradation);
            string[] probes = [.. methods.Select(method => method.Guard?.Probe).OfType<string>().Distinct()];
            await using var assistant = await LocalAssistant.StartAsync(terminal, model.Read(parsed), probes: probes);
            var atOnce = parsed.GetValue(inFlight) ?? DefaultInFlight;
            var run = new SceneRun(new SceneQuestioner(assistant, assistant.Profile.Caption), atOnce, assistant.ForgetPrefixes);
            var results = await run.RunAsync(
                scenes, methods, asked, done => terminal.Note($"{done} of {scenes.Count} scenes"), cancellationToken);
            var report = new SceneReport(assistant.Name, scenes.Count, degradation?.ToString(), atOnce, results)
            {
                IsSummary = parsed.GetValue(summary),
            };
            if (parsed.GetValue(json))
            {
                Json.Print(terminal, report.Write);
            }
            else if (parsed.GetValue(markdown))
            {
                report.WriteMarkdown(terminal.Out);
            }
            else
            {
                report.Print(terminal);
            }

            return ExitCode.Success;
        });
        return command;
    }

    // Greedy is always there: differences are against it.
    private static MethodLine[] Choose(string[] groups, MethodLine[] own, bool isBundled)
    {
        var known = groups.Length == 0 && own.Length > 0
            ? []
            : Methods.All.Where(line => IsWanted(groups, line.Group) && (isBundled || !line.IsOfBundledModel));
        MethodLine[] lines = [Methods.Baseline, .. known.Where(line => line != Methods.Baseline), .. own];
        return lines.CountBy(line => line.Name).FirstOrDefault(name => name.Value > 1).Key is { } twice
            ? throw new UsageException($"--method: found '{twice}' twice; allowed: a name of its own for each method")
            : lines;
    }

    // Nothing named is everything.
    private static bool IsWanted(string[]? names, string name) => names is not { Length: > 0 } || names.Contains(name);

    private static string Name(SceneTask task) => task.ToString().ToLowerInvariant();

    private static Option<string[]> List(string name, IEnumerable<string> allowed, string description)
    {
        string[] words = [.. allowed];
        return new Option<string[]>(name)
        {
            HelpName = "A,B,…",
            Description = $"{description}: {string.Join(", ", words)}; all without it.",
            CustomParser = result =>
            {
                var given = result.Tokens[0].Value.Split(',', StringSplitOptions.TrimEntries);
                foreach (var unknown in given.Except(words))
                {
                    result.AddError($"{name}: found '{unknown}'; allowed: {string.Join(", ", words)}");
                }

                return given;
            },
        };
    }
}
