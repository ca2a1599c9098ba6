using Inference.Models.Checkpoints;
using Inference.Testing;

namespace Inference.Cli.Tests.Tracing;

/// <summary>The trace command against what the transformers library computed.</summary>
public sealed class GoldenTraceTests
{
    private const double PixelTolerance = 1e-6;
    private const double RelativeTolerance = 2e-4;

    [Theory]
    [InlineData(Goldens.ClipLlama)]
    [InlineData(Goldens.ClipLlamaBf16)]
    [InlineData(Goldens.SiglipQwen2)]
    [InlineData(Goldens.NextMistral)]
    [InlineData(Goldens.LlamaDeep)]
    public async Task A_raw_trace_of_every_case_is_that_of_the_reference(string model)
    {
        using var folder = new TemporaryFolder();
        using var expected = SafetensorsFile.Open(Goldens.FileOf(model, "expected.safetensors"));
        var cases = GoldenCase.Of(model);
        Assert.NotEmpty(cases);
        foreach (var golden in cases)
        {
            var path = folder.File($"{golden.Index}.safetensors");
            var run = await CliRun.Of(golden.TraceArguments(path));
            Assert.True(run.ExitCode == 0, run.Error);
            Compare(path, expected, $"case{golden.Index}.");
        }
    }

    private static void Compare(string path, SafetensorsFile expected, string prefix)
    {
        using var actual = SafetensorsFile.Open(path);
        var ofCase = expected.Tensors.Where(tensor => tensor.Name.StartsWith(prefix, StringComparison.Ordinal));
        var names = ofCase.Select(tensor => tensor.Name[prefix.Length..]).ToList();
        Assert.Equal(names.Count, actual.Tensors.Count);
        foreach (var name in names)
        {
            var want = expected[prefix + name];
            var have = actual[name == "step_logits" ? "step_scores" : name];
            Assert.Equal(want.Shape.ToArray(), have.Shape.ToArray());
            if (want.Dtype == TensorDtype.I64)
            {
                Assert.Equal(want.ToInt64s(), have.ToInt64s());
            }
            else
            {
                CompareSingles(prefix + name, want.ToSingles(), have.ToSingles(), name == "pixel_values");
            }
        }
    }

    private static void CompareSingles(string name, float[] want, float[] have, bool isPixels)
    {
        var tolerance = isPixels ? PixelTolerance : RelativeTolerance * want.Max(MathF.Abs);
        var worst = want.Zip(have, (a, b) => Math.Abs((double)a - b)).Max();
        Assert.True(worst <= tolerance, $"{name}: off by {worst:g3}; allowed: {tolerance:g3}");
    }
}
