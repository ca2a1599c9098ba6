using Inference.Models.Checkpoints;
using Inference.Models.Gguf;
using Inference.Models.Imaging;
using Inference.Models.Tests.Checkpoints;
using Inference.Models.Tokenization;

namespace Inference.Models.Tests.Gguf;

/// <summary>
/// Damaged files either open with every tensor inside them, or are refused with our exceptions and memory bounded by the file.
/// </summary>
public sealed class GgufFuzzTests
{
    [Fact]
    public void Damaged_files_open_consistently_or_are_refused()
    {
        using var folder = new TemporaryFolder();
        var original = File.ReadAllBytes(SmallGguf.Write(folder.Path));
        var header = original.Length - (SmallGguf.Shape.Vocabulary * SmallGguf.Shape.Width);
        var random = new Random(17);
        var opened = 0;
        for (var round = 0; round < 2000; round++)
        {
            var damaged = Damage(original, header, random);
            var path = folder.Write("damaged.gguf", damaged);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                using var checkpoint = Checkpoint.Open(path);
                AllTensors.Require(checkpoint);
                Tokenizer.Load(path).EncodeOrdinary("Some text.");
                opened++;
            }
            catch (Exception e) when (e is CheckpointException or TokenizerException)
            {
                Assert.InRange(e.Message.Length, 1, 2000);
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (1 << 20) + (64L * damaged.Length));
        }

        Assert.InRange(opened, 1, 1999);
    }

    [Fact]
    public void Damaged_image_sides_open_consistently_or_are_refused()
    {
        using var folder = new TemporaryFolder();
        var decoder = SmallGguf.Write(folder.Path);
        using var text = Checkpoint.Open(decoder);
        var original = File.ReadAllBytes(new SmallMmproj(text.Config).Write(folder.Path));
        var random = new Random(18);
        var opened = 0;
        for (var round = 0; round < 2000; round++)
        {
            var path = folder.Write("damaged.gguf", Damage(original, original.Length / 2, random));
            try
            {
                using var checkpoint = Checkpoint.Open(decoder, path);
                checkpoint.Vision("encoder.layers.0.mlp.fc1.weight").ToSingles();
                MmprojImageProcessor.Read(path).Plan(8, 4);
                opened++;
            }
            catch (Exception e) when (e is CheckpointException or ImageProcessorException or ImageException)
            {
                Assert.InRange(e.Message.Length, 1, 2000);
            }
        }

        Assert.InRange(opened, 1, 1999);
    }

    private static byte[] Damage(byte[] original, int header, Random random)
    {
        var bytes = original.ToList();
        for (var times = random.Next(1, 4); times > 0; times--)
        {
            var at = random.Next(Math.Min(header, bytes.Count));
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)(random.Next(2) * 255);
                    break;
                case 2:
                    for (var i = at; i < Math.Min(at + 8, bytes.Count); i++)
                        bytes[i] = 0xFF;
                    break;
                case 3:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 24), bytes.Count - at));
                    break;
                case 4:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 24), bytes.Count - at)));
                    break;
                default:
                    if (random.Next(8) == 0)
                        bytes.RemoveRange(at + 1, bytes.Count - at - 1);
                    break;
            }
        }

        return [.. bytes];
    }
}
