using Inference.Models.Checkpoints;
using Inference.Models.Tests.Checkpoints;
using Inference.Testing;

namespace Inference.Models.Tests.Quantization;

/// <summary>Integers whose scales do not fit them.</summary>
public sealed class GroupedTensorTests
{
    private const string Name = "w.weight";

    [Theory]
    [InlineData("I8", "4,64", "BF16", "4,2", null, null)]
    [InlineData("I8", "4,65", "F16", "4,3", null, null)]
    [InlineData("U8", "4,32", "BF16", "4,2", null, null)]
    [InlineData("U8", "4,33", "F16", "4,3", "F16", "4,3")]
    public void Parts_that_fit_are_one_tensor(
        string dtype, string shape, string scaleDtype, string scaleShape, string? offsetDtype, string? offsetShape)
    {
        using var folder = new TemporaryFolder();
        Write(folder, dtype, shape, scaleDtype, scaleShape, offsetDtype, offsetShape);
        using var checkpoint = Checkpoint.Open(folder.Path);
        var tensor = Assert.Single(checkpoint.Tensors);
        Assert.Equal(Name, tensor.Name);
        Assert.True(tensor.Dtype.IsGrouped());
        Assert.Equal(offsetDtype is not null, tensor.Offsets is not null);
        Assert.Equal(tensor.ElementCount, checkpoint.Parameters);
    }

    [Theory]
    [InlineData("F32", "4,64", "BF16", "4,2", null, null, "weight", "dtype F32")]
    [InlineData("I8", "4,64", "F32", "4,2", null, null, "weight_scale", "dtype F32")]
    [InlineData("I8", "4,64", "BF16", "4,1", null, null, "weight_scale", "[4, 2]")]
    [InlineData("I8", "4,64", "BF16", "8", null, null, "weight_scale", "[4, 2]")]
    [InlineData("I8", "4,64", "BF16", "3,2", null, null, "weight_scale", "[4, 2]")]
    [InlineData("I8", "256", "BF16", "8", null, null, "weight", "two dimensions")]
    [InlineData("U8", "4,0", "BF16", "4,0", null, null, "weight", "1 to")]
    [InlineData("U8", "0,9223372036854775807", "BF16", "0,1", null, null, "weight", "1 to")]
    [InlineData("I8", "4,64", "BF16", "4,2", "BF16", "4,2", "weight_offset", "four bits")]
    [InlineData("U8", "4,32", "BF16", "4,2", "F16", "4,2", "weight_offset", "that of the scales")]
    [InlineData("U8", "4,32", "BF16", "4,2", "BF16", "2,4", "weight_offset", "[4, 2]")]
    [InlineData("U8", "4,32", "BF16", "4,2", "I64", "4,2", "weight_offset", "dtype I64")]
    public void Parts_that_do_not_fit_are_refused_by_name(
        string dtype, string shape, string scaleDtype, string scaleShape, string? offsetDtype, string? offsetShape, string subject,
        string reason)
    {
        using var folder = new TemporaryFolder();
        Write(folder, dtype, shape, scaleDtype, scaleShape, offsetDtype, offsetShape);
        var failure = Assert.Throws<CheckpointException>(() => Checkpoint.Open(folder.Path).Dispose());
        Assert.Equal("w." + subject, failure.Subject);
        Assert.Contains(reason, failure.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"quant_method": "glassbox", "version": 2, "group_size": 32}""", "version")]
    [InlineData("""{"quant_method": "glassbox", "version": 1, "group_size": 64}""", "group_size")]
    [InlineData("""{"quant_method": "gptq", "group_size": 32}""", "not implemented")]
    public void Another_way_to_quantise_is_refused(string config, string reason)
    {
        using var folder = new TemporaryFolder();
        Write(folder, "I8", "4,64", "BF16", "4,2", null, null, config);
        var failure = Assert.Throws<CheckpointException>(() => Checkpoint.Open(folder.Path).Dispose());
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
    }

    private static void Write(
        TemporaryFolder folder, string dtype, string shape, string scaleDtype, string scaleShape, string? offsetDtype, string? offsetShape,
        string? config = null)
    {
        var text = File.ReadAllText(Goldens.FileOf(Goldens.LlamaDeep, "config.json"));
        var members = text.AsSpan(text.IndexOf('{', StringComparison.Ordinal) + 1);
        folder.Write("config.json", config is null ? text : $"{{\"quantization_config\": {config},{members}");
        using var writer = new SafetensorsWriter(Path.Combine(folder.Path, "model.safetensors"));
        Declare(Name, dtype, shape);
        Declare(Name + "_scale", scaleDtype, scaleShape);
        if (offsetDtype is not null)
            Declare(Name + "_offset", offsetDtype, offsetShape!);
        foreach (var (name, bytes) in Declared(shape, dtype, scaleShape, scaleDtype, offsetShape, offsetDtype))
            writer.WriteBytes(name, new byte[bytes]);
        writer.Complete();

        void Declare(string name, string type, string sizes) => writer.Declare(name, Parse(type), Sizes(sizes));
    }

    private static IEnumerable<(string Name, long Bytes)> Declared(
        string shape, string dtype, string scaleShape, string scaleDtype, string? offsetShape, string? offsetDtype)
    {
        yield return (Name, Bytes(dtype, shape));
        yield return (Name + "_scale", Bytes(scaleDtype, scaleShape));
        if (offsetDtype is not null)
            yield return (Name + "_offset", Bytes(offsetDtype, offsetShape!));
    }

    private static long Bytes(string dtype, string shape) =>
        Sizes(shape).Aggregate((long)Parse(dtype).ItemSize(), (bytes, size) => bytes == 0 ? 0 : bytes * size);

    private static TensorDtype Parse(string name) =>
        TensorDtypes.TryParse(name, out var dtype) ? dtype : throw new ArgumentException(name, nameof(name));

    private static long[] Sizes(string shape) =>
        [.. shape.Split(',').Select(size => long.Parse(size, System.Globalization.CultureInfo.InvariantCulture))];
}
