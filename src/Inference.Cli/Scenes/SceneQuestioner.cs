using Inference.Cli.Assistants;
using Inference.Grounding.Evaluation.Scenes;
using Inference.Models.Regions;

namespace Inference.Cli.Scenes;

/// <summary>Asks the questions of the tasks and turns what comes back into measures.</summary>
/// <param name="assistant">Who answers.</param>
/// <param name="captionPrompt">Asks for a caption.</param>
internal sealed class SceneQuestioner(IAssistant assistant, string captionPrompt)
{
    // One listener for all methods, and one question for all descriptions that are the same.
    private readonly Dictionary<(int Scene, string Text), Task<Box?>> _heard = [];

    /// <summary>What a task asks about a scene; each adds its answer to the tally when it has it.</summary>
    public IEnumerable<SceneInquiry> Inquiries(SceneTask task, LoadedScene loaded)
    {
        var (scene, image) = (loaded.Scene, loaded.Image);
        return task switch
        {
            SceneTask.Captions => [Ask(captionPrompt, isCaption: true, (tally, text) => SceneScorer.AddCaption(tally, scene, text))],
            SceneTask.Exists => scene.Questions.Select(question =>
                Ask(question.Text, isCaption: false, (tally, text) => SceneScorer.AddExistence(tally, question, text))),
            SceneTask.Locate => scene.Objects.Where(seen => seen.Expression is not null).Select(seen => new SceneInquiry(
                async (method, seed, cancellation) =>
                {
                    var phrase = new PhraseQuestion(image, seen.Expression!, CoordinateSpace.Unit) { Pruning = method.Pruning };
                    var found = await assistant.LocateAsync(phrase, method.For(seed), cancellation);
                    return new SceneAnswer(found.Answer, tally => SceneScorer.AddLocation(tally, seen, FirstBox(found)));
                })),
            _ => scene.Objects.Select((seen, target) => new SceneInquiry(
                async (method, seed, cancellation) =>
                {
                    var region = new RegionQuestion(image, [seen.Box], CoordinateSpace.Unit, InDetail: false)
                    {
                        Pruning = method.Pruning,
                        Candidates = method.Candidates,
                    };
                    var answer = (await assistant.DescribeAsync(region, method.For(seed), null, cancellation))[0];
                    return new SceneAnswer(answer, tally =>
                        SceneScorer.AddDescription(tally, scene, target, answer.Text, _heard[(loaded.Index, answer.Text)].Result))
                    {
                        IsHeard = true,
                    };
                })),
        };

        // Answers of one word are no case for methods that work on whole answers.
        SceneInquiry Ask(string prompt, bool isCaption, Action<SceneTally, string> judge) => new(async (method, seed, cancellation) =>
        {
            var question = new Question([image], prompt, System: null) { Pruning = method.Pruning };
            if (isCaption)
            {
                question = question with { Verification = method.Verification, Guard = method.Guard, BestOf = method.BestOf };
            }

            var answer = await assistant.GenerateAsync(question, method.For(seed), _ => { }, cancellation);
            return new SceneAnswer(answer, tally => judge(tally, answer.Text));
        });
    }

    /// <summary>Has the model locate a description, which judges the describing method and is no part of its time.</summary>
    public Task HearAsync(LoadedScene loaded, string text, CancellationToken cancellation)
    {
        if (!_heard.TryGetValue((loaded.Index, text), out var hearing))
        {
            hearing = LocateAsync(loaded, text, cancellation);
            _heard.Add((loaded.Index, text), hearing);
        }

        return hearing;
    }

    private async Task<Box?> LocateAsync(LoadedScene loaded, string text, CancellationToken cancellation)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        var found = await assistant.LocateAsync(
            new PhraseQuestion(loaded.Image, text, CoordinateSpace.Unit), new() { Temperature = 0 }, cancellation);
        return FirstBox(found);
    }

    private static Box? FirstBox(Location location) => location.Boxes.Count > 0 ? location.Boxes[0].Box : null;
}

/// <summary>A scene and its image file, made worse where that was asked for.</summary>
internal sealed record LoadedScene(int Index, Scene Scene, byte[] Image);

/// <summary>A question that any method can answer; the seed is its number among all.</summary>
internal sealed record SceneInquiry(Func<Method, ulong, CancellationToken, Task<SceneAnswer>> AskAsync);

/// <summary>An answer, and how it is judged once all are there.</summary>
internal sealed record SceneAnswer(Answer Answer, Action<SceneTally> Judge)
{
    /// <summary>Whether the model has to locate its text before it is judged.</summary>
    public bool IsHeard { get; init; }
}
