using Inference.Compute;
using Inference.Decoding.Layers;
using Inference.Decoding.Pruning;
using Inference.Decoding.Sampling;
using Inference.Testing;

namespace Inference.Engine.Tests;

/// <summary>What requests have in common is computed once, and nobody sees it in the bits.</summary>
public sealed class PrefixCacheTests
{
    private const int Tokens = 6;

    [Theory]
    [InlineData(Goldens.ClipLlama, null)]
    [InlineData(Goldens.SiglipQwen2, null)]
    [InlineData(Goldens.NextMistral, null)]
    [InlineData(Goldens.LlamaDeep, "2:.5,4:.25")]
    public async Task Sixteen_regions_of_an_image_at_once_give_the_bits_of_an_engine_that_shares_nothing(string model, string? plan)
    {
        var (alone, _) = await Regions(model, plan, Options with { PrefixCacheBytes = 0 });
        var (shared, load) = await Regions(model, plan, Options);
        AssertSameBits(alone, shared);
        Assert.All(alone, answer => Assert.Equal(0, answer.Result.Usage.CachedTokens));
        Assert.Equal(0, load.KvPagesUsed);
        if (plan is null)
        {
            var prompt = shared[0].Result.Usage.PromptTokens;
            var saved = shared.Sum(answer => answer.Result.Usage.CachedTokens);
            Assert.All(shared.OrderBy(answer => answer.Result.Usage.CachedTokens).Skip(1), answer =>
                Assert.InRange(answer.Result.Usage.CachedTokens, answer.Result.Usage.ImageTokens, prompt));
            Assert.Equal(shared.Sum(answer => answer.Result.Usage.PromptTokens) - saved + (16 * (Tokens - 1)), load.StepRows);
        }
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("dola", null)]
    [InlineData(null, "2:.5,4:.25")]
    [InlineData("deco", "1:.3")]
    public async Task Many_samples_of_one_prompt_cost_one_prefill(string? strategy, string? plan)
    {
        using var fixture = new EngineFixture(Options, models: Goldens.LlamaDeep);
        using var other = new EngineFixture(Options with { PrefixCacheBytes = 0 }, models: Goldens.LlamaDeep);
        var shared = await Samples(fixture, strategy, plan);
        var load = fixture.Engine.Load(fixture.Model);
        AssertSameBits(await Samples(other, strategy, plan), shared);
        var usage = shared[0].Result.Usage;
        Assert.All(shared.Skip(1), answer => Assert.Equal(usage.PromptTokens - 1, answer.Result.Usage.CachedTokens));
        Assert.True(load.StepRows < 2 * usage.PromptTokens * (plan is null ? 1 : 3) + (8 * Tokens), $"{load.StepRows} rows");
        Assert.Equal(shared.Select(answer => answer.Result.Usage.Pruning?.KvBytesSaved), Enumerable.Repeat(usage.Pruning?.KvBytesSaved, 8));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("2:.5,4:.25")]
    public async Task Going_on_with_an_answer_computes_one_row_and_what_is_new(string? plan)
    {
        using var fixture = new EngineFixture(Options, models: Goldens.LlamaDeep);
        var image = fixture.Image();
        var request = Request(fixture, image, "What is red?", plan) with { Sampling = EngineFixture.Greedy(70) };
        var whole = await fixture.Run(request);
        foreach (var cut in new[] { 69, 40, 33, 32, 31, 1 })
        {
            var before = fixture.Engine.Load(fixture.Model).StepRows;
            image.AddReference();
            var rest = await fixture.Run(request with { Continuation = whole.Ids[..cut] });
            Assert.Equal(whole.Ids[cut..], rest.Ids);
            Assert.Equal(whole.Result.Usage.PromptTokens, rest.Result.Usage.CachedTokens);
            Assert.Equal(70 - cut, fixture.Engine.Load(fixture.Model).StepRows - before);
        }
    }

    [Fact]
    public async Task An_image_is_known_by_what_it_shows_and_not_encoded_for_rows_that_are_kept()
    {
        using var fixture = new EngineFixture(Options);
        var first = await fixture.Run(Request(fixture, fixture.Image(), "What?"));
        var second = await fixture.Run(Request(fixture, fixture.Image(), "What?"));
        var other = await fixture.Run(Request(fixture, fixture.Image("photo0.jpg"), "What?"));

        Assert.Equal(first.Result.Usage.PromptTokens - 1, second.Result.Usage.CachedTokens);
        Assert.Equal(TimeSpan.Zero, second.Result.Timings.Encode);
        Assert.True(other.Result.Usage.CachedTokens < other.Result.Usage.PromptTokens - other.Result.Usage.ImageTokens);
        using var alone = new EngineFixture(Options with { PrefixCacheBytes = 0 });
        AssertSameBits([await alone.Run(Request(alone, alone.Image("photo0.jpg"), "What?"))], [other]);
    }

    [Fact]
    public async Task What_is_kept_can_be_given_up()
    {
        using var fixture = new EngineFixture(Options);
        async Task<int> Cached() => (await fixture.Run(Request(fixture, fixture.Image(), "What is red?"))).Result.Usage.CachedTokens;
        Assert.Equal(0, await Cached());
        Assert.True(await Cached() > 0);
        fixture.Engine.ForgetPrefixes();
        Assert.Equal(0, await Cached());
    }

    [Fact]
    public async Task Salts_do_not_share()
    {
        using var fixture = new EngineFixture(Options);
        var request = fixture.Request(EngineFixture.TextPrompt(50, seed: 1), EngineFixture.Greedy(Tokens)) with { CacheSalt = "one" };
        await fixture.Run(request);
        Assert.Equal(0, (await fixture.Run(request with { CacheSalt = "two" })).Result.Usage.CachedTokens);
        Assert.Equal(0, (await fixture.Run(request with { CacheSalt = null })).Result.Usage.CachedTokens);
        Assert.Equal(49, (await fixture.Run(request)).Result.Usage.CachedTokens);
    }

    [Fact]
    public async Task What_was_used_least_recently_is_given_up_first()
    {
        // Two prompts of one page of every layer, and a little.
        using var sized = new EngineFixture(Options);
        var pageBytes = (long)KvGeometry.PageSize * sized.DecoderShape.KvHeads * (sized.DecoderShape.HeadDim + 32) * sizeof(float);
        using var fixture = new EngineFixture(Options with { PrefixCacheBytes = pageBytes * 3 * sized.DecoderShape.Layers });
        GenerationRequest Prompt(int seed) => fixture.Request(EngineFixture.TextPrompt(20, seed), EngineFixture.Greedy(2));
        async Task<int> Cached(int seed) => (await fixture.Run(Prompt(seed))).Result.Usage.CachedTokens;

        await Cached(1);
        await Cached(2);
        Assert.Equal(19, await Cached(1));
        await Cached(3);
        await Cached(4);
        Assert.True(await Cached(2) < 19);
        Assert.Equal(19, await Cached(4));
    }

    [Fact]
    public async Task A_plan_or_a_prompt_that_differs_is_computed_for_itself()
    {
        using var fixture = new EngineFixture(Options, models: Goldens.LlamaDeep);
        using var alone = new EngineFixture(Options with { PrefixCacheBytes = 0 }, models: Goldens.LlamaDeep);
        string?[] plans = ["2:.5,4:.25", "2:.5,4:.5", null, "3:.5"];
        foreach (var plan in plans)
        {
            foreach (var question in new[] { "What is red?", "What is redder?" })
            {
                var answer = await fixture.Run(Request(fixture, fixture.Image(), question, plan));
                AssertSameBits([await alone.Run(Request(alone, alone.Image(), question, plan))], [answer]);
                Assert.True(plan is null || answer.Result.Usage.CachedTokens == 0);
            }
        }
    }

    [Theory]
    [InlineData("uniform", true)]
    [InlineData("random", true)]
    [InlineData("v2drop", true)]
    [InlineData("attention", false)]
    public async Task Questions_share_what_is_left_of_an_image_where_they_do_not_decide_it(string ranking, bool shares)
    {
        using var fixture = new EngineFixture(Options, models: Goldens.LlamaDeep);
        using var alone = new EngineFixture(Options with { PrefixCacheBytes = 0 }, models: Goldens.LlamaDeep);
        foreach (var question in new[] { "What is red?", "What is redder?", "Is it a circle?" })
        {
            var answer = await fixture.Run(With(Request(fixture, fixture.Image(), question)));
            var expected = await alone.Run(With(Request(alone, alone.Image(), question)));
            AssertSameBits([expected], [answer]);
            var (usage, known) = (answer.Result.Usage, expected.Result.Usage.Pruning!);
            Assert.Equal(shares && question != "What is red?", usage.CachedTokens >= usage.ImageTokens);
            Assert.Equal(known.KeptRows, usage.Pruning!.KeptRows);
        }

        GenerationRequest With(GenerationRequest request) => request with
        {
            Pruning = PruningPlan.Create(
                [new(2, .5), new(4, .25)], PositionPolicy.Reindex, ranking: RankingRegistry.Find(ranking), seed: 7),
        };
    }

    private static EngineOptions Options => new() { ContextLength = 512, KvBytes = 32 << 20 };

    private static GenerationRequest Request(EngineFixture fixture, EngineImage image, string question, string? plan = null) =>
        fixture.Request(
            fixture.ImagePrompt(image, $"USER: <image>\n{question} ASSISTANT:"), EngineFixture.Greedy(Tokens) with { Logprobs = true },
            image) with
        {
            IgnoreStopTokens = true,
            Pruning = plan is null ? null : PruningPlan.Parse(plan, PositionPolicy.Reindex),
        };

    private static async Task<(IReadOnlyList<Answer> Answers, EngineLoad Load)> Regions(string model, string? plan, EngineOptions options)
    {
        using var fixture = new EngineFixture(options, models: model);
        var image = fixture.Image();
        var runs = Enumerable.Range(0, 16).Select(i =>
        {
            image.AddReference();
            return fixture.Run(Request(fixture, image, $"Describe the region [0.{10 + i},0.40,0.35,0.66].", plan));
        });
        return (await Task.WhenAll(runs), fixture.Engine.Load(model));
    }

    private static async Task<IReadOnlyList<Answer>> Samples(EngineFixture fixture, string? strategy, string? plan)
    {
        var image = fixture.Image();
        return await Task.WhenAll(Enumerable.Range(0, 8).Select(i =>
        {
            image.AddReference();
            var request = Request(fixture, image, "What is red?", plan);
            var chosen = strategy is null
                ? null
                : StrategyRegistry.Create(
                    StrategyChoice.Parse(strategy, []), new StrategyContext(fixture.DecoderShape.Layers, IsGreedy: false));
            var sampling = request.Sampling with { DoSample = true, Temperature = 1.2f, Seed = (ulong)i, Strategy = chosen };
            return fixture.Run(request with { Sampling = sampling });
        }));
    }

    private static void AssertSameBits(IReadOnlyList<Answer> expected, IReadOnlyList<Answer> actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (var i = 0; i < expected.Count; i++)
        {
            Assert.Equal(expected[i].Ids, actual[i].Ids);
            Assert.Equal(expected[i].Text, actual[i].Text);
            Assert.Equal(expected[i].Tokens.Select(token => token.Logprob), actual[i].Tokens.Select(token => token.Logprob));
        }
    }
}
