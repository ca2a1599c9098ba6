using Inference.Models.Checkpoints;
using Inference.Testing;

namespace Inference.Models.Tests.Checkpoints;

public sealed class SafetensorsFileTests
{
    [Fact]
    public void A_golden_file_opens_with_its_tensors_types_and_values()
    {
        using var file = SafetensorsFile.Open(Goldens.FileOf(Goldens.ClipLlama, "expected.safetensors"));

        var ids = file["case0.input_ids"];
        Assert.Equal(TensorDtype.I64, ids.Dtype);
        Assert.Equal(1, ids.Shape.Length);
        Assert.Equal(ids.Shape[0], ids.ToInt64s().Length);
        Assert.Equal(1, ids.ToInt64s()[0]); // BOS

        var logits = file["case0.logits"];
        Assert.Equal([ids.Shape[0], 640], logits.Shape.ToArray());
        Assert.All(logits.ToSingles(), value => Assert.True(float.IsFinite(value)));
    }

    [Theory]
    [InlineData("F16", 0xBE00, 0x7BFF, -1.5f, 65504f)]
    [InlineData("BF16", 0xBFC0, 0x4780, -1.5f, 65536f)]
    [InlineData("BF16", 0x7F80, 0x0001, float.PositiveInfinity, 9.1835e-41f)]
    public void Sixteen_bit_numbers_widen_exactly(string dtype, int first, int second, float expectedFirst, float expectedSecond)
    {
        using var folder = new TemporaryFolder();
        var bytes = RawSafetensors.File($$"""{"h":{"dtype":"{{dtype}}","shape":[2],"data_offsets":[0,4] } }""", 4);
        BitConverter.TryWriteBytes(bytes.AsSpan(^4), (ushort)first);
        BitConverter.TryWriteBytes(bytes.AsSpan(^2), (ushort)second);

        using var file = SafetensorsFile.Open(folder.Write("h.safetensors", bytes));

        Assert.Equal([expectedFirst, expectedSecond], file["h"].ToSingles());
    }

    [Fact]
    public void Values_of_another_type_are_refused_instead_of_reinterpreted()
    {
        using var file = SafetensorsFile.Open(Goldens.FileOf(Goldens.ClipLlama, "expected.safetensors"));

        Assert.Contains(
            "dtype I64 found", Assert.Throws<CheckpointException>(() => file["case0.input_ids"].ToSingles()).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "dtype F32 found", Assert.Throws<CheckpointException>(() => file["case0.logits"].ToInt64s()).Message, StringComparison.Ordinal);
        Assert.Contains("no such tensor", Assert.Throws<CheckpointException>(() => file["case9.logits"]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Released_pages_can_be_read_again()
    {
        using var file = SafetensorsFile.Open(Goldens.FileOf(Goldens.ClipLlama, "model.safetensors"));
        var before = file.Tensors.Select(t => t.Bytes.ToArray()).ToList();

        foreach (var tensor in file.Tensors)
            tensor.Release();
        file.Release();

        Assert.Equal(before, file.Tensors.Select(t => t.Bytes.ToArray()));
    }

    [Fact]
    public void A_view_of_a_closed_file_throws_instead_of_reading()
    {
        var file = SafetensorsFile.Open(Goldens.FileOf(Goldens.ClipLlama, "model.safetensors"));
        var tensor = file.Tensors[0];
        file.Dispose();

        Assert.Throws<ObjectDisposedException>(() => tensor.Bytes.Length);
        Assert.Throws<ObjectDisposedException>(tensor.Release);
    }

    [Fact]
    public void A_slice_stays_inside_its_tensor()
    {
        using var folder = new TemporaryFolder();
        using var file = SafetensorsFile.Open(folder.Write("v.safetensors", RawSafetensors.Vectors(("a", 4), ("b", 4))));

        Assert.Equal(4, file["a"].Slice(12, 4).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => file["a"].Slice(13, 4).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => file["a"].Slice(long.MaxValue, 4).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => file["a"].Slice(-1, 4).Length);
    }

    [Theory]
    [InlineData("""{}""", 0)]
    [InlineData("""{"__metadata__":{"format":"pt"}}   """, 0)]
    [InlineData("""{"scalar":{"dtype":"I64","shape":[],"data_offsets":[0,8]}}""", 8)]
    [InlineData("""{"empty":{"dtype":"F32","shape":[0,3],"data_offsets":[0,0]},"b":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}""", 3)]
    [InlineData("""{"b":{"data_offsets":[2,4],"shape":[2],"dtype":"BOOL"},"a":{"dtype":"I16","shape":[1],"data_offsets":[0,2]}}""", 4)]
    public void Unusual_but_valid_files_open(string header, int dataLength)
    {
        using var folder = new TemporaryFolder();

        using var file = SafetensorsFile.Open(folder.Write("m.safetensors", RawSafetensors.File(header, dataLength)));

        Assert.Equal(dataLength, file.Tensors.Sum(t => t.ByteLength));
    }
}
