using System.Xml.Linq;

namespace Inference.Cli.Tests.Commands;

public sealed class ShowScoresTests : IDisposable
{
    private static readonly string[] Question = ["generate", "--image", Samples.Scene, "--prompt", "Describe the image."];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_picture_has_a_box_for_every_scored_token_and_frames_what_is_flagged()
    {
        var (probe, file) = (_folder.File("probe.safetensors"), _folder.File("scores.svg"));
        Samples.WriteProbe(probe);
        string[] question = [.. Question, "--probe", probe, "--false-positive-rate", "0.5"];
        var probes = (await CliRun.Json([.. question, "--show-scores", file])).GetProperty("probes");
        var boxes = XDocument.Load(file).Descendants().Where(element => element.Name.LocalName == "rect").Skip(1).ToArray();
        Assert.Equal(probes.GetProperty("tokens").GetArrayLength(), boxes.Length);
        var flagged = probes.GetProperty("spans").EnumerateArray()
            .Sum(span => span.GetProperty("end_token").GetInt32() - span.GetProperty("first_token").GetInt32());
        Assert.Equal(flagged, boxes.Count(box => box.Attribute("stroke") is not null));
    }

    [Fact]
    public async Task Without_a_probe_there_is_nothing_to_draw()
    {
        var run = await CliRun.Of([.. Question, "--show-scores", _folder.File("scores.svg")]);
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("--show-scores: found no probe", run.Error, StringComparison.Ordinal);
    }
}
