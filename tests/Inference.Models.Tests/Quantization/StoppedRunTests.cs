using Inference.Compute;
using Inference.Models.Checkpoints;
using Inference.Models.Quantization;
using Inference.Models.Tests.Checkpoints;
using Inference.Testing;

namespace Inference.Models.Tests.Quantization;

/// <summary>Runs that end early, and folders that are not theirs.</summary>
public sealed class StoppedRunTests
{
    private const long ShardBytes = 64 << 10;

    [Fact]
    public void A_stopped_run_leaves_no_model_and_goes_on_to_the_same_files()
    {
        using var folder = new TemporaryFolder();
        var (whole, stopped) = (Path.Combine(folder.Path, "whole"), Path.Combine(folder.Path, "stopped"));
        var expected = Run(whole);
        Assert.True(expected.Shards > 3);
        using (var stop = new CancellationTokenSource())
            Assert.ThrowsAny<OperationCanceledException>(
                () => Run(stopped, progress: new StopAfter(2, stop), cancellationToken: stop.Token));
        Assert.Throws<CheckpointException>(() => Checkpoint.Open(stopped).Dispose());
        Assert.Equal(2, Directory.EnumerateFiles(stopped).Count());
        // What a killed process leaves of a file that was not whole.
        File.WriteAllText(Path.Combine(stopped, $"model-00003-of-{expected.Shards:D5}.safetensors.0123.tmp"), "half");
        Assert.Equal(expected with { ReusedShards = 2 }, Run(stopped));
        AssertSameFiles(whole, stopped);
        Assert.Equal(expected.Shards, Run(stopped).ReusedShards);
        AssertSameFiles(whole, stopped);
    }

    [Fact]
    public void Files_of_another_run_are_refused()
    {
        using var folder = new TemporaryFolder();
        var target = Path.Combine(folder.Path, "out");
        Run(target);
        var failure = Assert.Throws<CheckpointException>(() => Run(target, format: NumberFormat.Int4));
        Assert.Contains("settings", failure.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(target, "config.json")));
    }

    [Fact]
    public void A_folder_that_holds_something_else_is_refused_and_left()
    {
        using var folder = new TemporaryFolder();
        folder.Write("thesis.tex", "…");
        var failure = Assert.Throws<CheckpointException>(() => Run(folder.Path));
        Assert.Equal("thesis.tex", failure.Subject);
        Assert.Single(Directory.EnumerateFiles(folder.Path));
    }

    [Fact]
    public void The_models_own_folder_and_rounded_weights_are_refused()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<CheckpointException>(() => Run(Goldens.Folder(Goldens.LlamaDeep)));
        var once = Path.Combine(folder.Path, "once");
        Run(once);
        using var checkpoint = Checkpoint.Open(once);
        var plan = QuantizationPlan.Uniform(checkpoint.Config.Text.Layers, NumberFormat.Int4);
        var failure = Assert.Throws<CheckpointException>(() => FolderQuantizer.Run(checkpoint, Path.Combine(folder.Path, "twice"), plan));
        Assert.Contains("once", failure.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_weight_that_is_not_finite_is_refused_by_name()
    {
        using var source = new TemporaryFolder();
        using var folder = new TemporaryFolder();
        CheckpointCopy.Write(source, Goldens.LlamaDeep);
        var path = Path.Combine(source.Path, "model.safetensors");
        long position;
        using (var file = SafetensorsFile.Open(path))
        {
            var tensor = file.Tensors.First(tensor => tensor.Name.EndsWith("layers.1.mlp.down_proj.weight", StringComparison.Ordinal));
            Assert.Equal(TensorDtype.F32, tensor.Dtype);
            position = file.Length - file.Tensors.SkipWhile(other => other != tensor).Sum(other => other.ByteLength);
        }

        using (var stream = File.OpenWrite(path))
        {
            stream.Position = position + 400;
            stream.Write(BitConverter.GetBytes(float.NaN));
        }

        using var checkpoint = Checkpoint.Open(source.Path);
        var plan = QuantizationPlan.Uniform(checkpoint.Config.Text.Layers, NumberFormat.Int8);
        var failure = Assert.Throws<CheckpointException>(() => FolderQuantizer.Run(checkpoint, folder.Path, plan, ShardBytes));
        Assert.EndsWith("layers.1.mlp.down_proj.weight", failure.Subject, StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.EnumerateFiles(folder.Path), file => file.EndsWith(".tmp", StringComparison.Ordinal));
    }

    private static QuantizedFolder Run(
        string target, NumberFormat format = NumberFormat.Int8, IProgress<LoadProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        using var checkpoint = Checkpoint.Open(Goldens.Folder(Goldens.LlamaDeep));
        var plan = QuantizationPlan.Uniform(checkpoint.Config.Text.Layers, format);
        return FolderQuantizer.Run(checkpoint, target, plan, ShardBytes, progress, cancellationToken);
    }

    private static void AssertSameFiles(string expected, string found)
    {
        string[] names = [.. Directory.EnumerateFiles(expected).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
        Assert.Equal(names, Directory.EnumerateFiles(found).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
        Assert.All(
            names, name => Assert.Equal(File.ReadAllBytes(Path.Combine(expected, name)), File.ReadAllBytes(Path.Combine(found, name))));
    }

    private sealed class StopAfter(int reports, CancellationTokenSource stop) : IProgress<LoadProgress>
    {
        private int _reports;

        public void Report(LoadProgress value)
        {
            if (++_reports == reports)
                stop.Cancel();
        }
    }
}
