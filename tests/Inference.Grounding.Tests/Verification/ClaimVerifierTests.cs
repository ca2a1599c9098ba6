using System.Text.Json;
using Inference.Engine;
using Inference.Grounding.Answers;
using Inference.Grounding.Verification;

namespace Inference.Grounding.Tests.Verification;

[Collection(SharedDemo.Name)]
public sealed class ClaimVerifierTests(DemoHost demo)
{
    private static readonly VerificationOptions Options = new();

    [Fact]
    public async Task The_score_of_a_claim_is_the_answer_that_greedy_decoding_gives()
    {
        var agreed = 0;
        foreach (var (index, question) in Questions().Take(60))
        {
            using var image = demo.Scene(index);
            var answer = await demo.Answerer.AnswerAsync(demo.Ask(image, question), CancellationToken.None);
            var verdict = (await Verifier().VerifyAsync([image], [Claim.Asked(question)], CancellationToken.None)).Verdicts[0];
            Assert.InRange(verdict.Mass, 0.95, 1.0001);
            Assert.Equal(answer.Text == "no", verdict.IsRejected);
            agreed++;
        }

        Assert.Equal(60, agreed);
    }

    [Fact]
    public async Task A_claim_has_the_same_score_alone_and_among_others()
    {
        using var image = demo.Scene(3);
        Claim[] claims = [.. Shapes().Select(phrase => Claim.Exists(demo.Model.Profile, phrase))];
        var together = await Verifier().VerifyAsync([image], claims, CancellationToken.None);
        Assert.Equal(claims, together.Verdicts.Select(verdict => verdict.Claim));
        foreach (var i in (int[])[0, 7, claims.Length - 1])
        {
            var alone = await Verifier().VerifyAsync([image], [claims[i]], CancellationToken.None);
            Assert.Equal(alone.Verdicts[0], together.Verdicts[i]);
        }
    }

    [Fact]
    public async Task The_same_question_is_asked_once()
    {
        using var image = demo.Scene(3);
        var claim = Claim.Exists(demo.Model.Profile, "a green ring");
        var one = await Verifier().VerifyAsync([image], [claim], CancellationToken.None);
        var three = await Verifier().VerifyAsync([image], [claim, claim with { Text = "it" }, claim], CancellationToken.None);
        Assert.Equal(3, three.Verdicts.Count);
        Assert.Equal((one.Usage.PromptTokens, 1), (three.Usage.PromptTokens, three.Usage.CompletionTokens));
    }

    [Fact]
    public async Task A_threshold_moves_what_is_rejected()
    {
        using var image = demo.Scene(3);
        Claim[] claims = [.. Shapes().Select(phrase => Claim.Exists(demo.Model.Profile, phrase))];
        var lenient = await Verifier(0).VerifyAsync([image], claims, CancellationToken.None);
        var strict = await Verifier(1).VerifyAsync([image], claims, CancellationToken.None);
        Assert.Equal((0, claims.Length), (lenient.Rejected, strict.Rejected));
    }

    [Fact]
    public async Task Nothing_to_check_costs_nothing()
    {
        using var image = demo.Scene(3);
        var verdicts = await Verifier().VerifyAsync([image], [], CancellationToken.None);
        Assert.Equal((0, 0, 0), (verdicts.Verdicts.Count, verdicts.Rejected, verdicts.Usage.PromptTokens));
    }

    [Fact]
    public async Task A_cancelled_check_ends_and_leaves_nothing_behind()
    {
        using var image = demo.Scene(3);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        Claim[] claims = [.. Shapes().Select(phrase => Claim.Exists(demo.Model.Profile, phrase))];
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Verifier().VerifyAsync([image], claims, cancelled.Token));
    }

    [Fact]
    public async Task A_question_that_does_not_fit_the_context_is_refused_before_any_is_asked()
    {
        using var image = demo.Scene(3);
        var claim = Claim.Asked(string.Join(' ', Enumerable.Repeat("red", 1100)));
        Assert.False(Verifier().Fits([image], claim));
        var refusal = await Assert.ThrowsAsync<AdmissionException>(() => Verifier().VerifyAsync([image], [claim], CancellationToken.None));
        Assert.Equal(AdmissionError.TooLong, refusal.Error);
    }

    [Fact]
    public async Task An_answer_that_is_verified_keeps_its_text_and_gets_a_score_for_each_claim()
    {
        using var image = demo.Scene(3);
        var request = demo.Ask(image);
        var plain = await demo.Answerer.AnswerAsync(request, CancellationToken.None);
        using var stream = demo.Answerer.Start(
            request with { Options = request.Options with { Verification = Options } }, CancellationToken.None);
        List<AnswerEvent> events = [];
        await foreach (var next in stream.ReadAllAsync())
        {
            events.Add(next);
        }

        Assert.Equal(plain.Text, stream.Result.Text);
        Assert.Equal(plain.Tokens.Select(token => token.Id), stream.Result.Tokens.Select(token => token.Id));
        Assert.Equal(plain.Text, string.Concat(events.OfType<AnswerText>().Select(text => text.Text)));
        Assert.Equal(
            ["green ring", "purple striped cross", "black cross"], stream.Result.Claims!.Verdicts.Select(verdict => verdict.Claim.Text));
        Assert.Equal(stream.Result.Claims.Verdicts, events.OfType<AnswerClaim>().Select(claim => claim.Verdict));
        Assert.True(events.FindIndex(next => next is AnswerClaim) > events.FindLastIndex(next => next is AnswerText));
    }

    private ClaimVerifier Verifier(double threshold = 0.5) => new(demo.Host, demo.Model, Options with { Threshold = threshold });

    private static IEnumerable<string> Shapes() =>
        from colour in (string[])["red", "green", "black"]
        from shape in (string[])["ring", "cross", "star", "heart"]
        select $"a {colour} {shape}";

    private static IEnumerable<(int Scene, string Question)> Questions()
    {
        var lines = File.ReadLines(Path.Combine(DemoHost.Root, "scenes", "annotations.jsonl"));
        return lines.SelectMany((line, index) =>
        {
            using var scene = JsonDocument.Parse(line);
            return scene.RootElement.GetProperty("exists").EnumerateArray()
                .Select(item => (index, item.GetProperty("question").GetString()!)).ToArray();
        });
    }
}
