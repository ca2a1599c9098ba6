using Inference.Models.Imaging;
using Inference.Testing;

namespace Inference.Engine.Tests.Images;

/// <summary>Images of several requests that are encoded together.</summary>
public sealed class SharedEncodingTests
{
    private static readonly string[] Files = ["scene0.png", "photo0.jpg"];

    [Fact]
    public async Task Images_that_wait_together_get_the_rows_they_get_alone()
    {
        using var fixture = new EngineFixture(models: Goldens.ClipLlama);
        var alone = new List<float[]>();
        foreach (var file in Files)
        {
            alone.Add(await Submit(fixture, fixture.Image(file)).Features);
        }

        var together = Files.Select(file => Submit(fixture, fixture.Image(file))).ToArray();
        Assert.Equal(alone, await Task.WhenAll(together.Select(run => run.Features)));
        Assert.NotEqual(alone[0], alone[1]);
    }

    [Fact]
    public async Task An_image_that_cannot_be_encoded_fails_alone()
    {
        using var fixture = new EngineFixture(models: Goldens.ClipLlama);
        var expected = await Submit(fixture, fixture.Image(Files[0])).Features;

        // Long enough a prompt in the way that all of them wait when the loop looks for images.
        var before = fixture.Submit(fixture.Request(EngineFixture.TextPrompt(200, seed: 1), EngineFixture.Greedy(1)));
        var good = Submit(fixture, fixture.Image(Files[0]));
        var bad = Submit(fixture, BrokenImage(fixture));
        var behind = Submit(fixture, fixture.Image(Files[1]));
        Assert.Equal(FinishReason.Failed, (await bad.Generation.Completion).Reason);
        Assert.Equal(expected, await good.Features);
        Assert.NotEmpty(await behind.Features);
        Assert.NotEqual(FinishReason.Failed, (await behind.Generation.Completion).Reason);
        Assert.NotEqual(FinishReason.Failed, (await before.Completion).Reason);
    }

    [Fact]
    public async Task A_trace_that_breaks_fails_alone()
    {
        using var fixture = new EngineFixture(models: Goldens.ClipLlama);
        var expected = await Submit(fixture, fixture.Image(Files[0])).Features;
        var image = fixture.Image(Files[0]);
        var prompt = fixture.ImagePrompt(image, "USER: <image>\nWhat is it? ASSISTANT:");
        var answer = await fixture.Run(fixture.Request(prompt, EngineFixture.Greedy(2), fixture.Image(Files[0])));
        var broken = fixture.Submit(fixture.Request(prompt, EngineFixture.Greedy(2), image) with { Trace = new BrokenTrace() });
        var sharing = fixture.Submit(fixture.Request(prompt, EngineFixture.Greedy(2), image));
        var same = Submit(fixture, fixture.Image(Files[0]));
        var other = Submit(fixture, fixture.Image(Files[1]));
        Assert.Equal(FinishReason.Failed, (await broken.Completion).Reason);
        Assert.Equal(answer.Ids, (await Answer.Of(sharing)).Ids);
        Assert.Equal(expected, await same.Features);
        Assert.NotEmpty(await other.Features);
    }

    // Of another size than the tower takes.
    private static EngineImage BrokenImage(EngineFixture fixture)
    {
        var whole = fixture.Image(Files[1]);
        var pixels = new PixelValues(1, 3, 2, 2, new float[12], whole.Plan.OriginalSize);
        return fixture.Engine.AddImage(fixture.Model, pixels, whole.Plan);
    }

    private sealed class BrokenTrace : IGenerationTrace
    {
        public void OnImageFeatures(int image, ReadOnlySpan<float> rows, int width) => throw new InvalidOperationException("broken");

        public void OnHidden(int index, int firstRow, ReadOnlySpan<float> rows, int width)
        {
        }

        public void OnPromptOutput(int row, ReadOnlySpan<float> normed, ReadOnlySpan<float> logits)
        {
        }

        public void OnStep(int step, ReadOnlySpan<float> scores, int? layer)
        {
        }
    }

    private static (Generation Generation, Task<float[]> Features) Submit(EngineFixture fixture, EngineImage image)
    {
        var trace = new RecordingTrace();
        var prompt = fixture.ImagePrompt(image, "USER: <image>\nWhat is it? ASSISTANT:");
        var generation = fixture.Submit(fixture.Request(prompt, EngineFixture.Greedy(2), image) with { Trace = trace });
        return (generation, Read());

        async Task<float[]> Read()
        {
            var answer = await Answer.Of(generation);
            return answer.Result.Reason == FinishReason.Failed ? [] : trace["features.0"];
        }
    }
}
