using System.Text;
using Inference.Models.Checkpoints;
using Inference.Testing;

namespace Inference.Models.Tests.Checkpoints;

/// <summary>
/// Seeded mutations of the files of a model folder: each either opens with everything consistent or is a <see cref="CheckpointException"/>,
/// and parsing never allocates more than a small multiple of its input. Corpus/ holds starting points; a file that once broke a parser goes
/// there.
/// </summary>
public sealed class CheckpointFuzzTests
{
    private static string CorpusFolder { get; } = Path.Combine(AppContext.BaseDirectory, "Checkpoints", "Corpus");

    public static TheoryData<string> Corpus { get; } =
    [
        .. Directory.GetFiles(CorpusFolder, "*.safetensors").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Corpus))]
    public void Mutated_safetensors_files_open_consistently_or_are_refused(string name)
    {
        var original = File.ReadAllBytes(Path.Combine(CorpusFolder, name));
        var mutator = new Mutator(seed: 7);
        var opened = 0;
        for (var round = 0; round < 4000; round++)
        {
            if (TryParse(mutator.Mutate(original)))
                opened++;
        }

        // Mutations of a valid file must reach past the first check now and then, or this tests nothing.
        if (name.StartsWith("valid", StringComparison.Ordinal))
            Assert.InRange(opened, 1, 3999);
    }

    [Theory]
    [MemberData(nameof(Corpus))]
    public void Corpus_files_behave_as_their_name_says(string name)
    {
        var path = Path.Combine(CorpusFolder, name);
        if (name.StartsWith("valid", StringComparison.Ordinal))
        {
            using var file = SafetensorsFile.Open(path);
            Assert.NotEmpty(file.Tensors);
        }
        else
        {
            Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(path));
        }
    }

    [Theory]
    [InlineData(Goldens.ClipLlama)]
    [InlineData(Goldens.SiglipQwen2)]
    [InlineData(Goldens.NextMistral)]
    public void Mutated_configs_parse_or_are_refused(string model)
    {
        var config = File.ReadAllBytes(Goldens.FileOf(model, "config.json"));
        var generation = Encoding.UTF8.GetBytes(
            """{"eos_token_id":[2,7],"do_sample":true,"temperature":0.6,"top_k":20,"num_beams":1,"bad_words_ids":[]}""");
        var mutator = new Mutator(seed: 11);
        var parsed = 0;
        for (var round = 0; round < 3000; round++)
        {
            var mutated = mutator.Mutate(config);
            Allowed(mutated.Length, () =>
            {
                var read = ConfigFile.Parse("config.json", mutated, ModelConfigReader.Read);
                Assert.Equal(0, read.Text.Heads % read.Text.KvHeads);
                Assert.InRange(read.Text.HeadDim, 2, ConfigLimits.Size);
                parsed++;
            });
            mutated = mutator.Mutate(generation);
            Allowed(mutated.Length, () => ConfigFile.Parse("generation_config.json", mutated, GenerationConfigReader.Read));
        }

        Assert.InRange(parsed, 1, 2999);
    }

    [Fact]
    public void Mutated_shard_indices_never_name_a_file_elsewhere()
    {
        using var folder = new TemporaryFolder();
        var index = Encoding.UTF8.GetBytes(
            """{"metadata":{"total_size":8},"weight_map":{"a.weight":"model-1-of-2.safetensors","b.weight":"model-2-of-2.safetensors"}}""");
        var mutator = new Mutator(seed: 13);
        for (var round = 0; round < 1500; round++)
        {
            folder.Write("model.safetensors.index.json", mutator.Mutate(index));
            try
            {
                Assert.All(ShardIndex.Read(folder.Path).Values, shard => Assert.Equal(shard, Path.GetFileName(shard)));
            }
            catch (CheckpointException e)
            {
                Assert.Equal("model.safetensors.index.json", e.File);
            }
        }
    }

    private static bool TryParse(byte[] bytes)
    {
        var opened = false;
        Allowed(bytes.Length, () =>
        {
            var length = SafetensorsHeader.ReadLength("fuzz", bytes.AsSpan(0, Math.Min(8, bytes.Length)), bytes.Length);
            var data = bytes.Length - 8 - length;
            var header = SafetensorsHeader.Parse("fuzz", bytes.AsSpan(8, length), data);
            Assert.Equal(data, header.Tensors.Sum(t => t.End - t.Begin));
            Assert.All(header.Tensors, t => Assert.Equal(t.End - t.Begin, t.Shape.Aggregate(1L, (a, b) => a * b) * t.Dtype.ItemSize()));
            opened = true;
        });
        return opened;
    }

    /// <summary>Runs a parser: the only exception it may throw is ours, and its memory is bounded by its input.</summary>
    private static void Allowed(int inputLength, Action parse)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            parse();
        }
        catch (CheckpointException e)
        {
            Assert.InRange(e.Message.Length, 1, 2000);
        }
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 256 * 1024 + 64L * inputLength);
    }
}
