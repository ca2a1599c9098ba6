using Inference.Models.Checkpoints;
using Inference.Testing;

namespace Inference.Cli.Tests.Tracing;

/// <summary>Pruning inside the decoder against a plain reference, and against itself.</summary>
public sealed class PruningTraceTests
{
    private const double RelativeTolerance = 1e-3;
    private const float Excluded = -1e30f;

    public static IEnumerable<object[]> Cases =>
        from file in new[] { 0, 1 } from name in PruningCase.Names select new object[] { file, name };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Tokens_kept_rows_and_scores_are_those_of_the_reference(int file, string name)
    {
        using var folder = new TemporaryFolder();
        var golden = PruningCase.Load(file, name);
        using var actual = await Trace(golden.TraceArguments(folder.File("trace")));
        Assert.Equal(golden.Tokens, Integers(actual["generated"]));
        for (var stage = 0; stage < golden.Kept.Length; stage++)
        {
            Assert.Equal(golden.Kept[stage], Integers(actual[$"kept.{stage}"]));
        }

        using var expected = SafetensorsFile.Open(golden.ScoresFile);
        var (want, have) = (expected[$"{name}.scores"].ToSingles(), actual["step_scores"].ToSingles());
        var tolerance = RelativeTolerance * want.Where(score => score > Excluded).Max(MathF.Abs);
        var worst = want.Zip(have, (a, b) => Math.Abs((double)a - b)).Max();
        Assert.True(worst <= tolerance, $"scores: off by {worst:g3}; allowed: {tolerance:g3}");
    }

    [Theory]
    [InlineData("pyramid-reindex")]
    [InlineData("pyramid-keep")]
    public async Task Chunks_other_requests_and_threads_change_no_bit(string name)
    {
        using var folder = new TemporaryFolder();
        var golden = PruningCase.Load(0, name);
        var alone = await Bytes(golden, folder.File("alone"), "--threads", "1");
        Assert.Equal(alone, await Bytes(golden, folder.File("chunked"), "--threads", "1", "--chunk", "7"));
        Assert.Equal(alone, await Bytes(golden, folder.File("single"), "--threads", "2", "--chunk", "1"));
        Assert.Equal(alone, await Bytes(golden, folder.File("beside"), "--threads", "2", "--beside", "16"));
        Assert.Equal(alone, await Bytes(golden, folder.File("all"), "--threads", "2", "--beside", "5", "--chunk", "3"));
    }

    [Fact]
    public async Task A_plan_that_keeps_all_rows_gives_the_bits_of_no_plan()
    {
        using var folder = new TemporaryFolder();
        var golden = PruningCase.Load(1, "pyramid-all");
        using var plain = await Trace(golden.PlainArguments(folder.File("plain")));
        using var whole = await Trace(golden.TraceArguments(folder.File("whole")));
        foreach (var tensor in plain.Tensors)
        {
            Assert.Equal(tensor.Bytes.ToArray(), whole[tensor.Name].Bytes.ToArray());
        }
    }

    [Fact]
    public async Task Hidden_states_have_as_many_rows_as_remain_and_kept_rows_compose()
    {
        using var folder = new TemporaryFolder();
        var golden = PruningCase.Load(0, "pyramid-reindex");
        using var trace = await Trace(golden.TraceArguments(folder.File("trace")));
        var text = trace["input_ids"].Shape[0] - 16;
        long[] visual = [16, 16, 16, 8, 8, 4, 4, 2, 2];
        Assert.Equal(visual.Select(rows => text + rows), Enumerable.Range(0, 9).Select(i => trace[$"hidden.{i}"].Shape[0]));
        Assert.Equal(text + 2, trace["logits"].Shape[0]);

        int[] original = [.. Enumerable.Range(0, 16)];
        for (var stage = 0; stage < 3; stage++)
        {
            var before = original;
            original = [.. Integers(trace[$"kept.{stage}"]).Select(offset => before[offset])];
            Assert.Equal(original, Integers(trace[$"kept_original.{stage}"]));
        }
    }

    [Theory]
    [InlineData("2", "stages[0]: found '2'")]
    [InlineData("0:.5", "stages[0].layer: found 0")]
    [InlineData("2:1.5", "stages[0].keep: found 1.5")]
    [InlineData("2:.5,2:.25", "stages[1].layer: found 2")]
    [InlineData("2:.5,4:.75", "stages[1].keep: found 0.75")]
    [InlineData("2:.5,8:.25", "stages[1].layer: found 8")]
    public async Task A_plan_that_cannot_be_is_wrong_usage(string plan, string message)
    {
        using var folder = new TemporaryFolder();
        var golden = PruningCase.Load(0, "pyramid-all");
        var run = await CliRun.Of([.. golden.PlainArguments(folder.File("none")), "--prune", plan]);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    private static int[] Integers(TensorView tensor) => [.. tensor.ToInt64s().Select(number => (int)number)];

    private static async Task<SafetensorsFile> Trace(string[] arguments)
    {
        var run = await CliRun.Of(arguments);
        Assert.True(run.ExitCode == 0, run.Error);
        return SafetensorsFile.Open(arguments[Array.IndexOf(arguments, "--out") + 1]);
    }

    private static async Task<byte[]> Bytes(PruningCase golden, string path, params string[] options)
    {
        var run = await CliRun.Of([.. golden.TraceArguments(path), .. options]);
        Assert.True(run.ExitCode == 0, run.Error);
        return await File.ReadAllBytesAsync(path);
    }
}
