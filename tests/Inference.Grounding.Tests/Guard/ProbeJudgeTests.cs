using Inference.Decoding.Probes;
using Inference.Decoding.Sampling;
using Inference.Grounding.Answers;
using Inference.Grounding.Guard;
using Inference.Grounding.Probes;
using Inference.Grounding.Segments;

namespace Inference.Grounding.Tests.Guard;

/// <summary>The bundled probe as a judge.</summary>
public sealed class ProbeJudgeTests : IDisposable
{
    private readonly DemoHost _demo = DemoHost.With(ProbeFile.Read(Path.Combine(DemoHost.Root, "probes", "objects.safetensors")));

    private ProbeChoice Choice => ProbeChoice.Create(_demo.Model.Probes[0], null, "probe");

    [Fact]
    public async Task A_clause_has_the_largest_score_of_its_tokens_on_the_scale_of_spans()
    {
        using var image = _demo.Scene(3);
        var request = _demo.Ask(image);
        var plain = await _demo.Answerer.AnswerAsync(request, CancellationToken.None);
        var scored = await _demo.Answerer.AnswerAsync(
            request with { Options = request.Options with { Probes = [Choice] } }, CancellationToken.None);
        var guarded = await GuardAsync(request, new GuardOptions { Probe = Choice, Unit = SegmentUnit.Clause });
        Assert.Equal(plain.Text, guarded.Text);
        Assert.NotEmpty(guarded.Guard!.Segments);
        foreach (var segment in guarded.Guard.Segments)
        {
            var logit = scored.Tokens.Skip(segment.FirstToken).Take(segment.Tokens).SelectMany(token => token.Scores)
                .Max(score => score.Logit);
            Assert.Equal((double)Choice.Probe.Span!.Calibration.Map(logit), segment.Score);
        }
    }

    [Fact]
    public void The_threshold_is_that_of_the_probe_unless_one_is_given()
    {
        var options = new GuardOptions { Probe = Choice, Unit = SegmentUnit.Clause };
        var span = Choice.Probe.Span!;
        Assert.Equal(span.Calibration.Map(span.Usual!.Value.Logit), options.Limit);
        var sentence = Choice.Probe.Token;
        Assert.Equal(sentence.Calibration.Map(sentence.Usual!.Value.Logit), (options with { Unit = SegmentUnit.Sentence }).Limit);
        Assert.Equal(0.25, (options with { Threshold = 0.25 }).Limit);
        Assert.Equal(0.75, new GuardOptions { Verification = new() { Threshold = 0.25 } }.Limit);
    }

    [Fact]
    public async Task What_the_probe_flags_is_sampled_again()
    {
        var replaced = 0;
        for (var scene = 0; scene < 12; scene++)
        {
            using var image = _demo.Scene(scene);
            var guard = new GuardOptions
            {
                Probe = Choice,
                Unit = SegmentUnit.Clause,
                Action = GuardAction.Resample,
                Threshold = 0.05,
                Temperature = 1.5f,
            };
            var answer = await GuardAsync(_demo.Ask(image), guard);
            foreach (var segment in answer.Guard!.Segments.Where(segment => segment.Outcome == SegmentOutcome.Replaced))
            {
                Assert.True(segment.RejectedScore > 0.05);
                Assert.True(segment.Score is null || segment.Score < segment.RejectedScore);
                replaced++;
            }
        }

        Assert.True(replaced > 0);
    }

    public void Dispose() => _demo.Dispose();

    private Task<AnswerResult> GuardAsync(AnswerRequest request, GuardOptions guard) =>
        _demo.Answerer.AnswerAsync(request with { Options = request.Options with { Guard = guard } }, CancellationToken.None);
}
