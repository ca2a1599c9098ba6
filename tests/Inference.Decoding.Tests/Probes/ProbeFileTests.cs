using Inference.Decoding.Probes;
using Inference.Models.Checkpoints;

namespace Inference.Decoding.Tests.Probes;

public sealed class ProbeFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("glassbox-test-").FullName;

    private string Path => System.IO.Path.Combine(_folder, "p.safetensors");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void WhatIsWrittenIsReadBackBitForBit()
    {
        var written = SomeProbe.Of(2, 5);
        ProbeFile.Write(Path, written);
        var read = ProbeFile.Read(Path, SomeProbe.Model, width: 8, layers: 5);

        Assert.Equal(
            (written.Name, written.Label, written.ModelFingerprint, written.Bias),
            (read.Name, read.Label, read.ModelFingerprint, read.Bias));
        Assert.Equal([2, 5], read.Terms.Select(term => term.Layer));
        Assert.Equal(written.Terms.SelectMany(term => term.Weights.ToArray()), read.Terms.SelectMany(term => term.Weights.ToArray()));
        Assert.Equal(written.Token.Calibration, read.Token.Calibration);
        Assert.Equal(written.Token.Thresholds, read.Token.Thresholds);
        Assert.Null(read.Span);
        Assert.Equal(((IsotonicCalibration)written.Sentence!.Calibration).Knots, ((IsotonicCalibration)read.Sentence!.Calibration).Knots);
        Assert.Empty(read.Sentence.Thresholds);
        Assert.Equal("1200", read.Facts["examples"]);
    }

    [Theory]
    [InlineData("model", "b", 8, 5)]
    [InlineData("weights", "a", 16, 5)]
    [InlineData("layers", "a", 8, 4)]
    public void AnotherModelIsRefused(string field, string digit, int width, int layers)
    {
        ProbeFile.Write(Path, SomeProbe.Of(2, 5));
        var failure = Assert.Throws<ProbeException>(() => ProbeFile.Read(Path, new string(digit[0], 64), width, layers));
        Assert.Equal($"p.safetensors: {field}", failure.Field);
    }

    [Theory]
    [InlineData("format", "something", "format")]
    [InlineData("version", "2", "version")]
    [InlineData("name", "../x", "name")]
    [InlineData("label", "", "label")]
    [InlineData("model", "abc", "model")]
    [InlineData("layers", "1,x", "layers")]
    [InlineData("layers", "1", "weights")]
    [InlineData("layers", "5,2", "layers[1]")]
    [InlineData("layers", "-1,2", "layers")]
    [InlineData("token.calibration", "beta", "token.calibration")]
    [InlineData("token.calibration", "isotonic", "token.isotonic")]
    [InlineData("span.calibration", "platt", "span.platt")]
    public void WrongMetadataIsNamed(string key, string value, string field)
    {
        Rewrite(metadata => metadata[key] = value);
        AssertRefused(field);
    }

    [Theory]
    [InlineData("format")]
    [InlineData("model")]
    [InlineData("token.calibration")]
    public void MissingMetadataIsNamed(string key)
    {
        Rewrite(metadata => metadata.Remove(key));
        AssertRefused(key);
    }

    [Theory]
    [InlineData("weights", "weights[0]")]
    [InlineData("bias", "bias")]
    [InlineData("token.platt", "token.platt.scale")]
    [InlineData("token.thresholds", "token.thresholds[0].rate")]
    [InlineData("sentence.isotonic", "sentence.isotonic.knots[0].logit")]
    public void NumbersThatAreNoneAreNamed(string tensor, string field)
    {
        Rewrite(_ => { }, tensor);
        AssertRefused(field);
    }

    [Fact]
    public void AFileThatIsNoSafetensorsIsRefused()
    {
        File.WriteAllText(Path, "not a probe at all");
        Assert.Throws<CheckpointException>(() => ProbeFile.Read(Path));
    }

    private void AssertRefused(string field) =>
        Assert.Equal($"p.safetensors: {field}", Assert.Throws<ProbeException>(() => ProbeFile.Read(Path)).Field);

    // Writes a valid file again with other metadata, and with a tensor whose first number is none.
    private void Rewrite(Action<Dictionary<string, string>> change, string? broken = null)
    {
        var source = System.IO.Path.Combine(_folder, "valid.safetensors");
        ProbeFile.Write(source, SomeProbe.Of(2, 5));
        using var file = SafetensorsFile.Open(source);
        var metadata = new Dictionary<string, string>(file.Metadata);
        change(metadata);
        using var writer = new SafetensorsWriter(Path, metadata);
        foreach (var tensor in file.Tensors)
        {
            writer.Declare(tensor.Name, tensor.Dtype, tensor.Shape);
        }

        foreach (var tensor in file.Tensors)
        {
            var numbers = tensor.ToSingles();
            if (tensor.Name == broken)
            {
                numbers[0] = float.NaN;
            }

            writer.Write(tensor.Name, numbers);
        }

        writer.Complete();
    }
}
