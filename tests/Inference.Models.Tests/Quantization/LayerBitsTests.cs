using Inference.Compute;
using Inference.Models.Checkpoints;
using Inference.Models.Decoders;
using Inference.Models.Quantization;
using Inference.Models.Tests.Checkpoints;
using Inference.Testing;

namespace Inference.Models.Tests.Quantization;

/// <summary>Which blocks get how many bits.</summary>
public sealed class LayerBitsTests
{
    [Theory]
    [InlineData(4.0, "")]
    [InlineData(4.4, "")]
    [InlineData(5.0, "1")]
    [InlineData(6.0, "1,2")]
    [InlineData(7.9, "1,2,3")]
    [InlineData(8.0, "0,1,2,3")]
    public void The_most_important_blocks_have_eight_bits(double average, string expected)
    {
        var plan = QuantizationPlan.ByImportance([-0.4, 0.3, 0.1, -0.2], average, NumberFormat.Int4);
        Assert.Equal(expected, string.Join(',', Enumerable.Range(0, 4).Where(layer => plan.Layers[layer] == NumberFormat.Int8)));
        Assert.All(plan.Layers, format => Assert.True(format is NumberFormat.Int8 or NumberFormat.Int4));
    }

    [Fact]
    public void Averages_that_fit_exactly_are_reached_and_lower_blocks_win_ties()
    {
        foreach (var layers in (int[])[3, 7, 22, 30, 32, 80])
        {
            for (var high = 0; high <= layers; high++)
            {
                var average = ((4.0 * (layers - high)) + (8.0 * high)) / layers;
                var plan = QuantizationPlan.ByImportance(new double[layers], average, NumberFormat.Int4Asymmetric);
                Assert.All(plan.Layers.Take(high), format => Assert.Equal(NumberFormat.Int8, format));
                Assert.All(plan.Layers.Skip(high), format => Assert.Equal(NumberFormat.Int4Asymmetric, format));
            }
        }
    }

    [Fact]
    public void Shares_above_a_standard_deviation_are_those_of_the_definition()
    {
        using var checkpoint = Checkpoint.Open(Goldens.Folder(Goldens.LlamaDeep));
        var found = ZScoreDistribution.Of(checkpoint);
        for (var layer = 0; layer < found.Count; layer++)
        {
            double[] weights =
            [
                .. DecoderLoader.BlockMatrices
                    .SelectMany(name => checkpoint.Text($"layers.{layer}.{name}").ToSingles()).Select(weight => (double)weight),
            ];
            var mean = weights.Average();
            var deviation = Math.Sqrt(weights.Average(weight => (weight - mean) * (weight - mean)));
            Assert.Equal(weights.Count(weight => (weight - mean) / deviation > 1) / (double)weights.Length, found[layer], 1e-6);
        }
    }

    [Fact]
    public void Importance_comes_back_from_its_file_for_its_model_alone()
    {
        using var folder = new TemporaryFolder();
        using var checkpoint = Checkpoint.Open(Goldens.Folder(Goldens.LlamaDeep));
        using var other = Checkpoint.Open(Goldens.Folder(Goldens.ClipLlama));
        var importance = new LayerImportance
        {
            Model = checkpoint.Fingerprint,
            Method = "lim",
            Scores = [.. Enumerable.Range(0, checkpoint.Config.Text.Layers).Select(layer => -0.9 + (0.01 * layer))],
            Samples = 3,
            Rows = 300,
        };
        var path = Path.Combine(folder.Path, "lim.json");
        importance.Write(path);
        Assert.Equal(importance.Scores, LayerImportance.Read(path, checkpoint).Scores);
        Assert.Equal("model", Assert.Throws<CheckpointException>(() => LayerImportance.Read(path, other)).Subject);
        (importance with { Scores = [1] }).Write(path);
        Assert.Equal("scores", Assert.Throws<CheckpointException>(() => LayerImportance.Read(path, checkpoint)).Subject);
        foreach (var text in (string[])["[]", "null", "{", """{"format": "other"}"""])
        {
            folder.Write("lim.json", text);
            Assert.Throws<CheckpointException>(() => LayerImportance.Read(path, checkpoint));
        }
    }
}
