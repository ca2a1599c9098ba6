using System.Text.Json;
using Inference.Decoding.Pruning;
using Inference.Grounding.Evaluation;
using Inference.Grounding.Evaluation.Scenes;
using Inference.Models.Vision;

namespace Inference.Cli.Tests.Commands;

public sealed class EvalScenesCommandTests
{
    private const int Scenes = 12;
    private static readonly string Folder = Path.Combine(Path.GetDirectoryName(Samples.Scene)!, "..");

    [Fact]
    public async Task Greedy_scores_what_the_recorded_answers_of_transformers_score()
    {
        var result = await CliRun.Json("eval", "scenes", "--limit", $"{Scenes}", "--methods", "greedy", "--tasks", "captions,exists");
        var recorded = new SceneScores(Judge());
        SceneMeasure[] measures =
        [
            SceneMeasures.Precision, SceneMeasures.Recall, SceneMeasures.ChairSentence, SceneMeasures.Accuracy, SceneMeasures.F1,
        ];
        foreach (var measure in measures)
        {
            Assert.Equal(recorded.Estimate(measure).Value!.Value, Value(Greedy(result, measure.Task), measure), 1e-6);
        }

        Assert.Equal(Scenes, Greedy(result, SceneTask.Captions).GetProperty("answers").GetInt32());
        Assert.Equal(6 * Scenes, Greedy(result, SceneTask.Exists).GetProperty("answers").GetInt32());
    }

    [Fact]
    public async Task A_method_of_ones_own_stands_beside_greedy()
    {
        var result = await CliRun.Json(
            "eval", "scenes", "--limit", "3", "--tasks", "regions,locate", "--method", "all: --prune 4:1", "--in-flight", "3");
        foreach (var task in result.GetProperty("tasks").EnumerateArray())
        {
            var methods = task.GetProperty("methods").EnumerateArray().ToArray();
            Assert.Equal(["greedy", "all"], methods.Select(method => method.GetProperty("name").GetString()));
            Assert.Equal("--prune 4:1", methods[1].GetProperty("flags").GetString());
            // A plan that keeps everything changes nothing.
            Assert.All(
                methods[1].GetProperty("measures").EnumerateObject(),
                measure => Assert.Equal(0, measure.Value.GetProperty("difference").GetDouble()));
        }
    }

    [Fact]
    public async Task Reranking_stands_where_it_does_something()
    {
        var result = await CliRun.Json("eval", "scenes", "--limit", "2", "--tasks", "regions,exists", "--methods", "greedy,reranking");
        var (regions, exists) =
            (result.GetProperty("tasks")[0].GetProperty("methods"), result.GetProperty("tasks")[1].GetProperty("methods"));
        Assert.True(regions.GetArrayLength() > 1);
        Assert.Equal(1, exists.GetArrayLength());
        Assert.True(regions[1].GetProperty("measures").GetProperty("sampled_per_kept").GetProperty("value").GetDouble() > 4);
    }

    [Fact]
    public async Task Every_ranking_and_reduction_is_compared_at_every_budget()
    {
        var result = await CliRun.Json("eval", "scenes", "--limit", "1", "--tasks", "exists", "--methods", "pruning");
        var names = result.GetProperty("tasks")[0].GetProperty("methods").EnumerateArray()
            .Select(method => method.GetProperty("name").GetString()!).ToArray();
        foreach (var (inside, before) in new[] { (75, 75), (50, 50), (25, 25), (13, 12) })
        {
            Assert.All(RankingRegistry.All, ranking => Assert.Contains($"pyramid to {inside} %, {ranking.Name}", names));
            Assert.All(ReductionRegistry.All, reduction => Assert.Contains($"{reduction.Name} to {before} %", names));
        }
    }

    [Fact]
    public async Task A_summary_has_a_row_a_method_and_blanks_where_it_does_nothing()
    {
        var run = await CliRun.Of(
            "eval", "scenes", "--limit", "2", "--tasks", "regions,exists", "--methods", "greedy,reranking", "--method", "all: --prune 4:1",
            "--summary", "--markdown");
        Assert.Equal(ExitCode.Success, run.ExitCode);
        var rows = run.Out.Split('\n').Where(line => line.StartsWith('|')).Select(line => line.Split(" | ")).ToArray();
        Assert.Equal(
            ["| method", "regions: unambiguous, %", "regions: found by the model, %", "exists: F1, %", "sampled / kept", "time |"],
            rows[0]);
        var greedy = rows.Single(row => row[0] == "| greedy");
        Assert.Equal("1.00× |", greedy[^1]);
        Assert.Equal(greedy[1..^1], rows.Single(row => row[0] == "| all")[1..^1]);
        Assert.Equal("", rows.Single(row => row[0] == "| best of 4 by IoU")[3]);
    }

    [Fact]
    public async Task Degraded_images_are_said_to_be_so()
    {
        var run = await CliRun.Of(
            "eval", "scenes", "--limit", "2", "--tasks", "exists", "--methods", "greedy", "--degrade", "noise:200", "--markdown");
        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.Contains("### Exists: 12 answers", run.Out);
        Assert.Contains("2 scenes degraded by noise:200", run.Out);
    }

    [Theory]
    [InlineData("--tasks", "captions,poems", "allowed: captions, regions, locate, exists")]
    [InlineData("--methods", "luck", "allowed: greedy, sampling")]
    [InlineData("--method", "--prune 4:.5", "allowed: \"name: flags\"")]
    [InlineData("--method", "x: --prune fog", "--method \"x\"")]
    [InlineData("--method", "greedy: --top-k 1", "'greedy' twice")]
    [InlineData("--degrade", "fog", "allowed: noise")]
    [InlineData("--limit", "0", "allowed: 1 or more")]
    public async Task Wrong_usage_says_what_is_allowed(string option, string value, string message)
    {
        var run = await CliRun.Of("eval", "scenes", option, value);
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains(message, run.Error);
    }

    private static JsonElement Greedy(JsonElement result, SceneTask task) => result.GetProperty("tasks").EnumerateArray()
        .Single(entry => Enum.Parse<SceneTask>(entry.GetProperty("task").GetString()!, ignoreCase: true) == task).GetProperty("methods")[0];

    private static double Value(JsonElement method, SceneMeasure measure) =>
        method.GetProperty("measures").GetProperty(measure.Key).GetProperty("value").GetDouble();

    private static List<SceneTally> Judge()
    {
        using var file = File.OpenRead(Path.Combine(Folder, "annotations.jsonl"));
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "answers.json")));
        var answers = json.RootElement.GetProperty("answers");
        var (captions, exists) = (answers.GetProperty("caption"), answers.GetProperty("exists"));
        var (tallies, next) = (new List<SceneTally>(), 0);
        foreach (var scene in SceneSet.Read(new EvaluationSource("annotations.jsonl", file), Scenes))
        {
            var tally = new SceneTally();
            SceneScorer.AddCaption(tally, scene, captions[tallies.Count].GetString()!);
            foreach (var question in scene.Questions)
            {
                SceneScorer.AddExistence(tally, question, exists[next++].GetString()!);
            }

            tallies.Add(tally);
        }

        return tallies;
    }
}
