using Inference.Models.Checkpoints;

namespace Inference.Models.Tests.Checkpoints;

public sealed class SafetensorsWriterTests
{
    [Fact]
    public void What_is_written_in_pieces_and_any_order_reads_back()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "out.safetensors");
        using (var writer = new SafetensorsWriter(path, new Dictionary<string, string> { ["format"] = "pt", ["quote\""] = "é" }))
        {
            writer.Declare("bytes", TensorDtype.U8, 3);
            writer.Declare("logits", TensorDtype.F32, 2, 2);
            writer.Declare("ids", TensorDtype.I64, 3);
            writer.Declare("scalar", TensorDtype.F32);
            writer.Declare("empty", TensorDtype.F32, 0, 7);
            writer.Declare("ünïcode \"name\"", TensorDtype.F32, 1);
            writer.Write("logits", [1f, 2f, 3f]);
            writer.Write("ids", [long.MaxValue]);
            writer.WriteBytes("bytes", [7, 8, 9]);
            writer.Write("scalar", [0.5f]);
            writer.Write("ids", [-1L, 0]);
            writer.Write("logits", [-1e30f]);
            writer.Write("ünïcode \"name\"", [6f]);
            writer.Complete();
        }

        using var file = SafetensorsFile.Open(path);
        Assert.Equal([1f, 2f, 3f, -1e30f], file["logits"].ToSingles());
        Assert.Equal([2, 2], file["logits"].Shape.ToArray());
        Assert.Equal([long.MaxValue, -1, 0], file["ids"].ToInt64s());
        Assert.Equal([7, 8, 9], file["bytes"].Bytes.ToArray());
        Assert.Equal([0.5f], file["scalar"].ToSingles());
        Assert.Empty(file["empty"].ToSingles());
        Assert.Equal([6f], file["ünïcode \"name\""].ToSingles());
        Assert.Equal("é", file.Metadata["quote\""]);
        Assert.Equal([path], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public unsafe void Every_tensor_is_aligned_to_its_elements()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "out.safetensors");
        using (var writer = new SafetensorsWriter(path))
        {
            (string Name, TensorDtype Dtype)[] tensors =
            [
                ("a", TensorDtype.U8), ("b", TensorDtype.BF16), ("c", TensorDtype.F32), ("d", TensorDtype.I64),
            ];
            foreach (var (name, dtype) in tensors)
                writer.Declare(name, dtype, 3);
            foreach (var (name, dtype) in tensors)
                writer.WriteBytes(name, new byte[3 * dtype.ItemSize()]);
            writer.Complete();
        }

        using var file = SafetensorsFile.Open(path);

        Assert.All(file.Tensors, t => Assert.Equal(0, (nint)t.Pointer % t.Dtype.ItemSize()));
    }

    [Fact]
    public void Without_completion_nothing_is_left_and_an_older_file_stays()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("out.safetensors", "older");
        using (var writer = new SafetensorsWriter(path))
        {
            writer.Declare("a", TensorDtype.F32, 2);
            writer.Write("a", [1f]);
            Assert.Equal("tensor 'a' has 4 of 8 bytes", Assert.Throws<InvalidOperationException>(writer.Complete).Message);
        }

        Assert.Equal([path], Directory.GetFiles(folder.Path));
        Assert.Equal("older", File.ReadAllText(path));
    }

    [Fact]
    public void Misuse_is_refused()
    {
        using var folder = new TemporaryFolder();
        using var writer = new SafetensorsWriter(Path.Combine(folder.Path, "out.safetensors"));
        writer.Declare("a", TensorDtype.F32, 2);

        Assert.Throws<ArgumentException>(() => writer.Declare("a", TensorDtype.F32, 2));
        Assert.Throws<ArgumentException>(() => writer.Declare("__metadata__", TensorDtype.F32, 2));
        Assert.Throws<ArgumentException>(() => writer.Declare("b", TensorDtype.F32, long.MaxValue, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Declare("b", TensorDtype.F32, -1));
        Assert.Throws<ArgumentException>(() => writer.Write("b", [1f]));
        Assert.Throws<ArgumentException>(() => writer.Write("a", [1L]));
        Assert.Throws<ArgumentException>(() => writer.Write("a", [1f, 2f, 3f]));
        writer.Write("a", [1f]);
        Assert.Throws<InvalidOperationException>(() => writer.Declare("c", TensorDtype.F32, 2));
    }
}
