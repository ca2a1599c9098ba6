using System.Text.Json;
using Inference.Grounding.Evaluation;
using Inference.Grounding.Evaluation.Scenes;

namespace Inference.Grounding.Tests.Evaluation.Scenes;

/// <summary>The bundled scenes and what the transformers library answered about them.</summary>
internal static class DemoScenes
{
    private static readonly Lazy<IReadOnlyList<Scene>> Scenes = new(ReadScenes);
    private static readonly Lazy<JsonDocument> Answers = new(ReadAnswers);

    public static string Folder { get; } = Path.Combine(Root(), "weights", "demo", "scenes");

    public static IReadOnlyList<Scene> All => Scenes.Value;

    /// <summary>Recorded answers of a task, in the order of the annotations.</summary>
    public static IReadOnlyList<string> Answered(string task) =>
        [.. Answers.Value.RootElement.GetProperty("answers").GetProperty(task).EnumerateArray().Select(answer => answer.GetString()!)];

    /// <summary>A recorded figure.</summary>
    public static double Metric(string name) => Answers.Value.RootElement.GetProperty("metrics").GetProperty(name).GetDouble();

    private static IReadOnlyList<Scene> ReadScenes()
    {
        using var file = File.OpenRead(Path.Combine(Folder, "annotations.jsonl"));
        return SceneSet.Read(new EvaluationSource("annotations.jsonl", file));
    }

    private static JsonDocument ReadAnswers() => JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "answers.json")));

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (Directory.Exists(Path.Combine(folder.FullName, "weights", "demo")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"no 'weights/demo' above {AppContext.BaseDirectory}");
    }
}
