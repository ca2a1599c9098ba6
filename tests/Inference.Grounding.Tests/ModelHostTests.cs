using Inference.Decoding.Layers;
using Inference.Decoding.Sampling;

namespace Inference.Grounding.Tests;

public sealed class ModelHostTests
{
    private static readonly CompanionPrompt.NoisedImages Noise = new(Steps: 500, Seed: 0);

    [Fact]
    public async Task An_image_for_companions_is_prepared_beforehand_or_where_it_is_needed_with_the_same_bits()
    {
        using var early = new DemoHost();
        using var late = new DemoHost();
        var file = await File.ReadAllBytesAsync(Path.Combine(DemoHost.Root, "scenes", "images", "0003.png"));
        using var prepared = early.Host.Prepare(early.Model, file, noises: [Noise]);
        using var plain = late.Host.Prepare(late.Model, file);
        Assert.True(early.Host.IsPrepared(early.Model, prepared.Sha256, noise: Noise));
        Assert.False(late.Host.IsPrepared(late.Model, plain.Sha256, noise: Noise));

        // Without its file nothing can be made of it any more.
        var expected = await AnswerAsync(late, plain);
        var answer = await AnswerAsync(early, prepared with { File = default });
        Assert.Equal(expected, answer);
        Assert.NotEqual(expected, await AnswerAsync(late, plain, strategy: null));
        Assert.Equal((2L, 0L), (early.Host.Images.Misses, early.Host.Images.Hits));
        Assert.True(late.Host.IsPrepared(late.Model, plain.Sha256, noise: Noise));
    }

    [Fact]
    public async Task What_is_known_is_not_decoded_again_and_what_was_refused_is_given_back()
    {
        using var demo = new DemoHost();
        var file = await File.ReadAllBytesAsync(Path.Combine(DemoHost.Root, "scenes", "images", "0003.png"));
        using (var first = demo.Host.Prepare(demo.Model, file))
        using (var noised = demo.Host.Prepare(demo.Model, file, noises: [Noise]))
        {
            Assert.Same(first.Image, noised.Image);
            Assert.True(noised.DecodeTime > TimeSpan.Zero);
        }

        using var again = demo.Host.Prepare(demo.Model, file, noises: [Noise]);
        Assert.Equal((TimeSpan.Zero, TimeSpan.Zero), (again.DecodeTime, again.PreprocessTime));
        Assert.Throws<Models.Imaging.ImageException>(() => demo.Host.Prepare(demo.Model, new byte[10], again.Sha256, noises: [new(1, 1)]));
        Assert.NotEmpty(await AnswerAsync(demo, again));
    }

    private static async Task<int[]> AnswerAsync(DemoHost host, PreparedImage image, string? strategy = "vcd")
    {
        var overrides = new SamplingOverrides { MaxTokens = 48, Temperature = 1.5f, Seed = 1 };
        var request = host.Ask(image, sampling: strategy is null ? overrides : overrides with
        {
            Strategy = StrategyChoice.Parse(strategy, ["alpha=2", "relative-top=0.001"]),
        });
        var answer = await host.Answerer.AnswerAsync(request, CancellationToken.None);
        return [.. answer.Tokens.Select(token => token.Id)];
    }
}
