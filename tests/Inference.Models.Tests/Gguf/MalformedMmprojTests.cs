using Inference.Models.Checkpoints;
using Inference.Models.Gguf;
using Inference.Models.Imaging;
using Inference.Models.Tests.Checkpoints;
using Inference.Testing;

namespace Inference.Models.Tests.Gguf;

/// <summary>What does not fit is said with the file, the key or tensor, what was found and what is allowed.</summary>
public sealed class MalformedMmprojTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _decoder;
    private readonly SmallMmproj _file;

    public MalformedMmprojTests()
    {
        _decoder = SmallGguf.Write(_folder.Path);
        using var checkpoint = Checkpoint.Open(_decoder);
        _file = new SmallMmproj(checkpoint.Config);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("general.architecture", "llama", "'llama' found; an mmproj file has 'clip'")]
    [InlineData(MmprojKeys.Projector, "ldpv2", "'ldpv2' found; mlp, LLaVA's, is supported")]
    [InlineData(MmprojKeys.HasVision, false, "a file with a vision tower is needed")]
    [InlineData(MmprojKeys.HasProjector, false, "the key is missing")]
    [InlineData(MmprojKeys.UseSilu, true, "true found; towers with GELU or quick GELU")]
    [InlineData(MmprojKeys.Heads, 3, "32 found; a multiple of")]
    [InlineData(MmprojKeys.PatchSize, 8, "8 found; at most")]
    [InlineData(MmprojKeys.Blocks, 0, "0 found; whole numbers from 1")]
    [InlineData(MmprojKeys.Blocks, 3, "'v.blk.2.ln1.weight': the tensor is missing")]
    [InlineData(MmprojKeys.ImageSize, 6, "'v.position_embd.weight': shape [5, 32] found; the file's keys ask for [10, 32]")]
    [InlineData(MmprojKeys.FeatureLayers, new[] { 3 }, "[3] found; indices from 0 to 2")]
    [InlineData(MmprojKeys.MergeType, MmprojKeys.SpatialUnpad, "'clip.vision.image_grid_pinpoints': the key is missing")]
    [InlineData(MmprojKeys.Pinpoints, new[] { 8, 4 }, "found with clip.vision.image_grid_pinpoints; spatial_unpad")]
    public void Keys_are_checked(string key, object value, string reason)
    {
        _file.Keys[key] = value;
        Refused(reason);
    }

    [Theory]
    [InlineData(MmprojTensors.ProjectorOut)]
    [InlineData("v.blk.1.attn_out.bias")]
    [InlineData("v.pre_ln.weight")]
    public void Tensors_that_are_missing_are_named_as_the_file_would(string name)
    {
        _file.Tensors.Remove(name);
        Refused($"'{name}': the tensor is missing");
    }

    [Theory]
    [InlineData("v.post_ln.weight", "is not known to have this tensor")]
    [InlineData("v.patch_embd.weight.1", "is not known to have this tensor")]
    [InlineData("mm.3.weight", "a projector with norms found")]
    public void Tensors_that_are_not_known_are_refused(string name, string reason)
    {
        _file.Tensors.Add(name, [8]);
        Refused(reason);
    }

    [Fact]
    public void An_image_side_of_another_decoder_is_refused()
    {
        _file.Tensors[MmprojTensors.ProjectorOut] = [64, 64];
        Refused("rows of 64 numbers for the decoder found; small.gguf takes 32: the two files are not of one model");
    }

    [Theory]
    [InlineData(MmprojKeys.AspectRatio, "anyres", "'anyres' found; pad and square are supported")]
    [InlineData(MmprojKeys.Mean, new[] { 0.5f }, "[0.5] found; three numbers are needed")]
    [InlineData(MmprojKeys.Deviation, new[] { 0f, 1f, 1f }, "image_std")]
    public void Keys_of_the_image_processor_are_checked(string key, object value, string reason)
    {
        _file.Keys[key] = value;
        var path = _file.Write(_folder.Path);
        var refused = Assert.ThrowsAny<Exception>(() => MmprojImageProcessor.Read(path));
        Assert.True(refused is CheckpointException or ImageProcessorException);
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.Contains(Path.GetFileName(path), refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_must_leave_no_doubt()
    {
        _file.Write(_folder.Path);
        var second = _file.Write(_folder.Path, "mmproj-two.gguf");
        Assert.Contains("2 mmproj files found (mmproj-small.gguf, mmproj-two.gguf)", Message(_folder.Path), StringComparison.Ordinal);
        using (var named = Checkpoint.Open(_folder.Path, second))
            Assert.Equal(second, named.Mmproj);
        _folder.Copy(_decoder, "other.gguf");
        const string Two = "2 GGUF files of decoders found (other.gguf, small.gguf); one is needed";
        Assert.Contains(Two, Message(_folder.Path), StringComparison.Ordinal);

        using var alone = new TemporaryFolder();
        var side = _file.Write(alone.Path);
        Assert.Contains("no GGUF files of decoders found", Message(alone.Path), StringComparison.Ordinal);
        Assert.Contains("image side (mmproj)", Message(side), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_with_an_image_side_of_its_own_takes_no_other()
    {
        var side = _file.Write(_folder.Path);
        Assert.Contains("goes with the GGUF file of a decoder", Message(Goldens.Folder(Goldens.ClipLlama), side), StringComparison.Ordinal);
    }

    private void Refused(string reason)
    {
        var path = _file.Write(_folder.Path);
        var message = Message(_decoder, path);
        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.StartsWith(Path.GetFileName(path), message, StringComparison.Ordinal);
    }

    private static string Message(string path, string? mmproj = null) =>
        Assert.Throws<CheckpointException>(() => Checkpoint.Open(path, mmproj).Dispose()).Message;
}
