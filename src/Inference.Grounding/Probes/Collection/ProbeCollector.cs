using Inference.Decoding.Sampling;
using Inference.Engine;
using Inference.Grounding.Evaluation;
using Inference.Grounding.Evaluation.Scenes;
using Inference.Grounding.Probes.Data;
using Inference.Models.Imaging;
using Inference.Models.Imaging.Formats;
using Inference.Models.Prompts;
using Inference.Models.Regions;

namespace Inference.Grounding.Probes.Collection;

/// <summary>
/// Collects answers with hidden states and labels. An answer is fed behind its prompt in one prefill: by the engine's promise its hidden
/// states are the bits of the
/// decode steps that wrote it. Several images are under way at a time; what is written does not depend on it.
/// </summary>
public sealed class ProbeCollector(ModelHost host, ServedModel model, CollectionOptions options)
{
    private const int ImagesAtOnce = 8;

    /// <summary>What a folder of this collection holds.</summary>
    /// <param name="source">How the answers came about, for people.</param>
    public ProbeDataInfo Describe(string source) => new()
    {
        Model = model.Model.Fingerprint,
        ModelLayers = model.Model.Decoder.Shape.Layers,
        Width = model.Model.Decoder.Shape.Width,
        Layers = options.Layers,
        Source = source,
    };

    /// <summary>Asks about scenes and labels every object that an answer mentions.</summary>
    /// <param name="scenes">Scenes with what is in them.</param>
    /// <param name="folder">Where their images lie.</param>
    /// <param name="writer">Takes the answers, in the order of the scenes.</param>
    /// <param name="cancellationToken">Ends the collection.</param>
    public Task CollectAsync(IEnumerable<Scene> scenes, string folder, ProbeDataWriter writer, CancellationToken cancellationToken) =>
        RunAsync(scenes.Select((scene, i) => (Scene: scene, Index: i)), writer, async item =>
        {
            using var image = Load(Path.Combine(folder, item.Scene.Image), (ulong)item.Index);
            var questions = Questions(item.Scene, image).ToList();
            var asked = questions.Select((question, q) => AskAsync(image, item.Scene, question, SeedOf(item.Index, q), cancellationToken));
            return [.. (await Task.WhenAll(asked)).SelectMany(answers => answers)];
        });

    /// <summary>Feeds labelled answers that were written before, whoever wrote them.</summary>
    /// <param name="texts">The answers.</param>
    /// <param name="folder">Where their images lie.</param>
    /// <param name="writer">Takes them in their order.</param>
    /// <param name="cancellationToken">Ends the collection.</param>
    /// <exception cref="EvaluationException">The tokenizer cannot write an answer.</exception>
    public Task CollectAsync(IEnumerable<LabelledText> texts, string folder, ProbeDataWriter writer, CancellationToken cancellationToken) =>
        RunAsync(texts.Select((text, i) => (Text: text, Index: i)), writer, async item =>
        {
            var text = item.Text;
            var answer = AnswerTokens.Encode(model.Tokenizer, text.Text) ?? throw new EvaluationException(
                $"{text.Place}: \"text\"", "a text that the model's tokenizer does not give back", "text that it can write");
            using var image = Load(Path.Combine(folder, text.Image), (ulong)item.Index);
            var prompt = model.Encode([Message.UserWithImage(text.Prompt)], [image.Rows]);
            var fed = await FeedAsync(image, prompt, answer, text.Labels, cancellationToken);
            return [(fed.Answer with { Image = text.Image, Prompt = text.Prompt }, fed.Hidden)];
        });

    private static async Task RunAsync<T>(
        IEnumerable<T> items, ProbeDataWriter writer, Func<T, Task<IReadOnlyList<(ProbeAnswer Answer, float[][] Hidden)>>> collect)
    {
        foreach (var chunk in items.Chunk(ImagesAtOnce))
        {
            foreach (var answers in await Task.WhenAll(chunk.Select(collect)))
            {
                foreach (var (answer, hidden) in answers)
                {
                    writer.Add(answer, hidden);
                }
            }
        }
    }

    // Room for every question that a scene may be asked, so that seeds do not depend on the scenes before.
    private ulong SeedOf(int scene, int question) =>
        unchecked(options.Seed + ((((ulong)scene << 16) + (ulong)question) * (ulong)options.Samples));

    private PreparedImage Load(string path, ulong index)
    {
        var encoded = File.ReadAllBytes(path);
        if (options.Degradations.Count == 0)
        {
            return host.Prepare(model, encoded);
        }

        // Known by the file that the labels are about.
        var digest = ImageDigest.OfEncoded(encoded);
        var pixels = options.Degradations.Aggregate(
            ImageDecoder.Decode(encoded), (image, degradation) => degradation.Apply(image, unchecked(options.Seed + index)));
        return host.Prepare(model, PngEncoder.Encode(pixels)) with { Sha256 = digest };
    }

    private IEnumerable<string> Questions(Scene scene, PreparedImage image)
    {
        if (options.AsksCaption)
        {
            yield return model.Profile.Caption;
        }

        for (var i = 0; options.AsksDetail && i < scene.Objects.Count; i++)
        {
            var box = RegionValidator.ToPixels(scene.Objects[i].Box, CoordinateSpace.Unit, image.Width, image.Height, "box");
            yield return model.Profile.DescribePrompt(model.Profile.Box.Write(box, image.View, "box"), inDetail: true);
        }
    }

    private async Task<IReadOnlyList<(ProbeAnswer Answer, float[][] Hidden)>> AskAsync(
        PreparedImage image, Scene scene, string question, ulong seed, CancellationToken cancellationToken)
    {
        var prompt = model.Encode([Message.UserWithImage(question)], [image.Rows]);
        var drawn = await Task.WhenAll(Enumerable.Range(0, options.Samples).Select(s =>
            AnswerAsync(image, prompt, unchecked(seed + (ulong)s), cancellationToken)));
        var answers = drawn.Where(ids => ids.Length > 0)
            .Select(ids => AnswerTokens.Decode(model.Tokenizer, ids)).DistinctBy(answer => answer.Text);
        var fed = await Task.WhenAll(answers.Select(answer =>
            FeedAsync(image, prompt, answer, SceneLabels.Of(answer.Text, scene), cancellationToken)));
        return [.. fed.Select(item => (item.Answer with { Image = scene.Image, Prompt = question }, item.Hidden))];
    }

    private async Task<int[]> AnswerAsync(PreparedImage image, EncodedPrompt prompt, ulong seed, CancellationToken cancellationToken)
    {
        var generation = host.Submit(model, prompt, [image], options.Sampling with { Seed = seed }, cancellationToken);
        List<int> ids = [];
        await foreach (var token in generation.ReadAllAsync(CancellationToken.None))
        {
            ids.Add(token.Id);
        }

        var result = await generation.Completion;
        CheckEnd(result);
        return result.Reason == FinishReason.StopToken ? [.. ids.SkipLast(1)] : [.. ids];
    }

    private async Task<(ProbeAnswer Answer, float[][] Hidden)> FeedAsync(
        PreparedImage image, EncodedPrompt prompt, AnswerTokens answer, IReadOnlyList<TextLabel> labels,
        CancellationToken cancellationToken)
    {
        var trace = new TeacherTrace(prompt.InputIds.Length, answer.Ids, options.Layers, model.Model.Decoder.Shape.Width);
        var generation = host.Engine.Submit(model.Name, new GenerationRequest
        {
            Prompt = new EncodedPrompt([.. prompt.InputIds, .. answer.Ids], prompt.Images),
            Images = [image.Image],
            Sampling = new SamplingParameters { MaxTokens = 1 },
            IgnoreStopTokens = true,
            Trace = trace,
            CancellationToken = cancellationToken,
        });
        CheckEnd(await generation.Completion);
        return (new ProbeAnswer
        {
            Image = "",
            Sha256 = image.Sha256,
            Prompt = "",
            Text = answer.Text,
            Tokens = answer.Ids,
            Ends = answer.Ends,
            Logprobs = trace.Logprobs,
            Entropies = trace.Entropies,
            Spans = [.. Spans(answer, labels)],
        }, trace.Hidden);
    }

    private static IEnumerable<LabelledSpan> Spans(AnswerTokens answer, IReadOnlyList<TextLabel> labels)
    {
        foreach (var label in labels)
        {
            var (first, count) = answer.Within(label.Start, label.End);
            if (count > 0)
            {
                yield return new LabelledSpan(label.Start, label.End, first, count, label.IsHallucinated);
            }
        }
    }

    private static void CheckEnd(GenerationResult result)
    {
        if (result.Reason == FinishReason.Cancelled)
        {
            throw new OperationCanceledException();
        }

        if (result.Reason == FinishReason.Failed)
        {
            throw new InvalidOperationException("A request failed while answers were collected.", result.Failure);
        }
    }
}
