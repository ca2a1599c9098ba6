using Inference.Decoding.Probes;
using Inference.Grounding.Evaluation;
using Inference.Grounding.Probes.Data;
using Inference.Grounding.Probes.Metrics;
using Inference.Grounding.Probes.Training;

namespace Inference.Grounding.Tests.Probes;

/// <summary>Training and evaluation on made-up hidden states: layer 1 knows the label at one token of a span, layer 0 does not.</summary>
public sealed class TrainingTests : IDisposable
{
    private const int Width = 6;
    private static readonly string Fingerprint = new('a', 64);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("glassbox-probes-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(ProbeLoss.Token, CalibrationMethod.Platt, false)]
    [InlineData(ProbeLoss.SpanMax, CalibrationMethod.Isotonic, true)]
    public void Finds_the_layer_that_knows_and_beats_the_baselines_on_other_images(
        ProbeLoss loss, CalibrationMethod calibration, bool isHalf)
    {
        using var train = ProbeDataSet.Open([Write("train", seed: 1, isHalf)]);
        using var test = ProbeDataSet.Open([Write("test", seed: 2, isHalf)]);
        var options = new ProbeTrainingOptions { Name = "made-up", Loss = loss, Calibration = calibration, ComparesMoments = true };
        var trained = ProbeTrainer.Train(train, options);
        Assert.Equal([1], trained.Chosen.Layers);
        Assert.True(trained.Moments!.Value.Auroc > 0.8);

        var score = ProbeEvaluator.Evaluate(test, trained.Probe, resamples: 50);
        var probe = score.Detectors[0];
        Assert.Equal("probe", probe.Name);
        Assert.True(probe.AurocWithinPositions.Value > 0.9, $"{probe.AurocWithinPositions.Value}");
        Assert.All(score.Detectors.Skip(1), baseline => Assert.True(baseline.ProbeAhead!.Value.Interval!.Value.Low > 0, baseline.Name));
        Assert.InRange(score.CalibrationError.Value!.Value, 0, 0.1);
        Assert.True(score.Brier.Value < score.BrierOfShare);
        var tenPercent = score.Thresholds.Single(threshold => threshold.Rate == 0.1f);
        Assert.InRange(tenPercent.FalsePositiveRate, 0.04, 0.2);
        Assert.True(tenPercent.Recall > 0.6);
    }

    [Fact]
    public void The_same_seed_gives_the_same_probe_and_the_file_gives_it_back()
    {
        using var data = ProbeDataSet.Open([Write("train", seed: 3, isHalf: false)]);
        var options = new ProbeTrainingOptions { Name = "made-up", NegativesPerPositive = 1, BalancesClasses = true, JoinsLayers = true };
        var (first, second) = (ProbeTrainer.Train(data, options).Probe, ProbeTrainer.Train(data, options).Probe);
        Assert.Equal(first.Terms[1].Weights.ToArray(), second.Terms[1].Weights.ToArray());
        Assert.Equal((first.Bias, first.Span!.Calibration), (second.Bias, second.Span!.Calibration));

        var path = Path.Combine(_folder.FullName, "probe.safetensors");
        ProbeFile.Write(path, first);
        var read = ProbeFile.Read(path, Fingerprint, Width, 2);
        Assert.Equal(first.Terms[0].Weights.ToArray(), read.Terms[0].Weights.ToArray());
        Assert.Equal("span-max" == read.Facts["loss"], options.Loss == ProbeLoss.SpanMax);
    }

    [Fact]
    public void What_is_written_comes_back()
    {
        using var data = ProbeDataFolder.Open(Write("train", seed: 4, isHalf: false));
        var answer = data.Answers[3];
        var expected = Answers(4).ElementAt(3);
        Assert.Equal(expected.Answer.Tokens, answer.Tokens);
        Assert.Equal(expected.Answer.Entropies, answer.Entropies);
        Assert.Equal(expected.Answer.Spans, answer.Spans);
        var hidden = new float[answer.Tokens.Count * Width];
        data.CopyHidden(3, 1, hidden);
        Assert.Equal(expected.Hidden[1], hidden);
    }

    [Fact]
    public void Data_of_one_label_is_refused()
    {
        var path = Path.Combine(_folder.FullName, "right");
        using (var writer = new ProbeDataWriter(path, Info, isHalf: false))
        {
            foreach (var (answer, hidden) in Answers(5))
            {
                writer.Add(answer with { Spans = [.. answer.Spans.Select(span => span with { IsHallucinated = false })] }, hidden);
            }

            writer.Complete();
        }

        using var data = ProbeDataSet.Open([path]);
        var problem = Assert.Throws<EvaluationException>(() => ProbeTrainer.Train(data, new ProbeTrainingOptions { Name = "none" }));
        Assert.Contains("0 hallucinated spans", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_is_not_overwritten_and_a_damaged_line_is_named()
    {
        var path = Write("train", seed: 6, isHalf: false);
        Assert.Throws<IOException>(() => new ProbeDataWriter(path, Info, isHalf: false));
        File.AppendAllText(Path.Combine(path, "answers.jsonl"), "{\"image\": \"x\"}\n");
        var problem = Assert.Throws<EvaluationException>(() => ProbeDataFolder.Open(path));
        Assert.StartsWith("answers.jsonl line 301", problem.Message, StringComparison.Ordinal);
    }

    private static ProbeDataInfo Info => new() { Model = Fingerprint, ModelLayers = 2, Width = Width, Layers = [0, 1], Source = "made up" };

    private string Write(string name, int seed, bool isHalf)
    {
        var path = Path.Combine(_folder.FullName, name);
        using var writer = new ProbeDataWriter(path, Info, isHalf);
        foreach (var (answer, hidden) in Answers(seed))
        {
            writer.Add(answer, hidden);
        }

        writer.Complete();
        return path;
    }

    // 300 answers of 12 tokens with two spans of three; one token of a hallucinated span stands out in layer 1.
    private static IEnumerable<(ProbeAnswer Answer, float[][] Hidden)> Answers(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 300; i++)
        {
            float[] Noise(int count) => [.. Enumerable.Range(0, count).Select(_ =>
                (float)(random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5))];
            LabelledSpan[] spans = [.. new[] { 2, 7 }.Select(first =>
                new LabelledSpan(first * 2, (first * 2) + 6, first, 3, random.Next(4) == 0))];
            float[][] hidden = [Noise(12 * Width), Noise(12 * Width)];
            foreach (var span in spans.Where(span => span.IsHallucinated))
            {
                hidden[1][((span.FirstToken + random.Next(3)) * Width) + 4] += 3;
            }

            yield return (new ProbeAnswer
            {
                Image = $"{i / 2}.png",
                Sha256 = $"{seed}-{i / 2}",
                Prompt = "?",
                Text = new string('x', 24),
                Tokens = [.. Enumerable.Range(0, 12).Select(_ => random.Next(50))],
                Ends = [.. Enumerable.Range(1, 12).Select(token => token * 2)],
                Logprobs = Noise(12),
                Entropies = Noise(12),
                Spans = spans,
            }, hidden);
        }
    }
}
