using Inference.Testing;

namespace Inference.Cli.Tests.Commands;

public sealed class InfoCommandTests
{
    [Fact]
    public async Task The_bundled_model_is_described_with_the_machine()
    {
        var info = await CliRun.Json("info", "--threads", "1");
        Assert.Equal("Llava", info.GetProperty("family").GetString());
        Assert.Equal(4_285_440, info.GetProperty("parameters").GetInt64());
        Assert.Equal("BF16", info.GetProperty("weight_format").GetString());
        Assert.Equal(64, info.GetProperty("image_tokens").GetInt32());
        Assert.Equal(64, info.GetProperty("fingerprint").GetString()!.Length);
        Assert.Equal(1, info.GetProperty("threads").GetInt32());
        Assert.True(info.GetProperty("memory_bytes_per_second").GetDouble() > 1e8);
    }

    [Fact]
    public async Task The_most_tokens_of_a_tiled_image_are_those_of_its_largest_grid()
    {
        var info = await CliRun.Json("info", "--model", Goldens.Folder(Goldens.NextMistral));
        // 4 x 4 patches a tile; the largest grid has 2 x 2 tiles: 16 + 8 rows of 8 and a newline.
        Assert.Equal(16 + (8 * 9), info.GetProperty("image_tokens").GetInt32());
    }
}
