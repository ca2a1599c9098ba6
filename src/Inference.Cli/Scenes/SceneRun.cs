using System.Diagnostics;
using Inference.Grounding.Evaluation.Scenes;

namespace Inference.Cli.Scenes;

/// <summary>
/// Runs methods over scenes. Scenes go in blocks, and every method answers a block before the next one begins, so that a machine that gets
/// slower does so for all of them; who begins changes from block to block.
/// </summary>
/// <param name="questioner">Asks.</param>
/// <param name="inFlight">Questions that are answered at the same time.</param>
/// <param name="forget">Called before a method is measured: it shares prefixes with itself alone.</param>
internal sealed class SceneRun(SceneQuestioner questioner, int inFlight, Action forget)
{
    private const int ScenesPerBlock = 25;

    // Methods are given the same seeds; questions are not.
    private const int SeedsPerScene = 1000;

    /// <summary>Answers everything.</summary>
    /// <param name="scenes">The scenes.</param>
    /// <param name="methods">The methods.</param>
    /// <param name="tasks">The tasks.</param>
    /// <param name="onBlock">Told how many scenes are done.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<IReadOnlyList<MethodResult>> RunAsync(
        IReadOnlyList<LoadedScene> scenes, IReadOnlyList<Method> methods, IReadOnlyList<SceneTask> tasks, Action<int> onBlock,
        CancellationToken cancellation)
    {
        MethodResult[] results = [.. methods.SelectMany(method => tasks.Where(method.Line.AppliesTo).Select(task =>
            new MethodResult(method, task, scenes.Count)))];
        var start = 0;
        foreach (var block in scenes.Chunk(ScenesPerBlock))
        {
            await EncodeAsync(block, methods[0], cancellation);
            for (var i = 0; i < results.Length; i++)
            {
                await AnswerAsync(results[(start + i) % results.Length], block, cancellation);
            }

            start += Math.Max(1, results.Length / 3);
            onBlock(block[^1].Index + 1);
        }

        return results;
    }

    // The encoder's work is the same for all methods and would be on the first one's account.
    private async Task EncodeAsync(LoadedScene[] block, Method method, CancellationToken cancellation)
    {
        var shortest = method with { Sampling = method.Sampling with { MaxTokens = 1 } };
        foreach (var scene in block)
        {
            await questioner.Inquiries(SceneTask.Captions, scene).First().AskAsync(shortest, 0, cancellation);
        }
    }

    private async Task AnswerAsync(MethodResult result, LoadedScene[] block, CancellationToken cancellation)
    {
        (LoadedScene Scene, SceneInquiry Inquiry, ulong Seed)[] inquiries = [.. block.SelectMany(scene => questioner
            .Inquiries(result.Task, scene).Select((inquiry, i) => (scene, inquiry, (ulong)((scene.Index * SeedsPerScene) + i))))];
        var answers = new SceneAnswer[inquiries.Length];
        var options = new ParallelOptions { MaxDegreeOfParallelism = inFlight, CancellationToken = cancellation };
        forget();
        var began = Stopwatch.GetTimestamp();
        await Parallel.ForAsync(0, inquiries.Length, options, async (i, stop) =>
            answers[i] = await inquiries[i].Inquiry.AskAsync(result.Method, inquiries[i].Seed, stop));
        result.Add(Stopwatch.GetElapsedTime(began), answers.Length);
        foreach (var group in inquiries.Zip(answers).Where(pair => pair.Second.IsHeard).Chunk(inFlight))
        {
            await Task.WhenAll(group.Select(pair => questioner.HearAsync(pair.First.Scene, pair.Second.Answer.Text, cancellation)));
        }

        for (var i = 0; i < answers.Length; i++)
        {
            var tally = result.Tallies[inquiries[i].Scene.Index];
            answers[i].Judge(tally);
            var usage = answers[i].Answer.Usage;
            tally.AddLength(result.Task, usage.CompletionTokens, usage.SampledTokens);
        }
    }
}
