using System.Text;
using Glassbox.V1;
using Inference.Server.Tests.Support;
using Inference.Testing;

namespace Inference.Server.Tests.Hosting;

/// <summary>Two models in one server: the bundled one, and a random one whose profile is in its folder.</summary>
public sealed class SeveralModelsTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("glassbox-models");
    private TestServer _server = null!;

    public async Task InitializeAsync()
    {
        foreach (var file in Directory.EnumerateFiles(Goldens.Folder(Goldens.SiglipQwen2)))
            File.Copy(file, Path.Combine(_folder.FullName, Path.GetFileName(file)));
        await File.WriteAllTextAsync(
            Path.Combine(_folder.FullName, "glassbox.json"),
            """{"chat": "<image>{prompt}", "describe": "What is at {box}?", "box": {"format": "({x1}|{y1}|{x2}|{y2})", "space": "0..1000", "decimals": 0}}""");
        _server = await TestServer.StartAsync(models: [("demo", Demo.Model), ("random", _folder.FullName)]);
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Both_are_listed_and_the_first_is_the_default()
    {
        var models = (await _server.Client.ListModelsAsync(new ListModelsRequest())).Models;
        Assert.Equal(["demo", "random"], models.Select(model => model.Name));
        Assert.NotEqual(models[0].Fingerprint, models[1].Fingerprint);
        Assert.Equal("demo", (await Streams.ReadAll(_server.Client.Generate(Ask.Generate())))[0].Started.Model);
    }

    [Fact]
    public async Task Requests_to_both_run_together_and_answer_as_alone()
    {
        var requests = Enumerable.Range(0, 8).Select(i =>
        {
            var request = Ask.Generate(Demo.Cases[i].Question, maxTokens: 12, image: Demo.Scene(Demo.Cases[i].Image));
            request.Model = i % 2 == 0 ? "random" : "demo";
            return request;
        }).ToArray();
        List<string> alone = [];
        foreach (var request in requests)
            alone.Add((await _server.Client.Complete(request)).Text);
        Assert.Equal(alone, (await Task.WhenAll(requests.Select(_server.Client.Complete))).Select(completed => completed.Text));
    }

    [Fact]
    public async Task The_gauges_add_up_or_are_of_one_model()
    {
        var demo = await _server.Client.GetLoadAsync(new GetLoadRequest { Model = "demo" });
        var random = await _server.Client.GetLoadAsync(new GetLoadRequest { Model = "random" });
        var both = await _server.Client.GetLoadAsync(new GetLoadRequest());
        Assert.Equal(demo.KvPagesTotal + random.KvPagesTotal, both.KvPagesTotal);
    }

    [Fact]
    public async Task The_folder_says_how_regions_are_asked_for()
    {
        var request = new DescribeRegionsRequest
        {
            Model = "random",
            Image = Ask.Image(Demo.FirstScene),
            Regions = { Ask.Region("a", 0.25, 0.5, 0.75, 1) },
        };
        request.Parameters = new GenerationParameters { Stop = new StopConditions { MaxTokens = 4 } };
        var described = (await Streams.ReadAll(_server.Client.DescribeRegions(request)))
            .Single(next => next.RegionCompleted is not null).RegionCompleted;
        var same = Ask.Generate("What is at (250|500|750|1000)?", maxTokens: 4);
        same.Model = "random";
        var generated = await _server.Client.Complete(same);
        Assert.Equal((generated.Text, generated.Usage.PromptTokens), (described.Text, described.Usage.PromptTokens));
    }

    [Fact]
    public async Task One_model_describes_and_the_other_one_listens()
    {
        var request = new DescribeRegionsRequest
        {
            Image = Ask.Image(Demo.FirstScene),
            Model = "random",
            Regions = { Ask.Region("a", 0.25, 0.5, 0.75, 1) },
            Parameters = new GenerationParameters { Stop = new StopConditions { MaxTokens = 4 } },
            Candidates = new CandidateOptions { Samples = 2, Listener = "demo" },
        };
        var candidate = (await Streams.ReadAll(_server.Client.DescribeRegions(request)))
            .First(next => next.Candidate is not null).Candidate;
        var found = await _server.Client.LocatePhraseAsync(
            new LocatePhraseRequest { Image = request.Image, Phrase = candidate.Text.Trim(), Space = CoordinateSpace.Normalized });
        Assert.Equal(found.Boxes.FirstOrDefault(), candidate.Located);
    }

    [Fact]
    public async Task Deltas_of_a_byte_level_vocabulary_never_split_a_character()
    {
        var request = Ask.Generate(maxTokens: 200);
        request.Model = "random";
        request.Parameters.Sampling = new SamplingParameters { Temperature = 100, Seed = 3 };
        request.Output = new OutputOptions { Tokens = true };
        var events = await Streams.ReadAll(_server.Client.Generate(request));
        var ids = events.Where(next => next.Token is not null).SelectMany(next => next.Token.Tokens).Select(token => (int)token.Id)
            .ToArray();
        var whole = _server.Models.Find("random")!.Tokenizer.Decode(ids, skipSpecialTokens: true);
        var joined = string.Concat(events[1..^1].Select(next => next.Token.Text));
        Assert.Contains('\uFFFD', whole);
        Assert.Equal((whole, whole), (joined, events[^1].Completed.Text));
        Assert.All(events[1..^1], next => Assert.Equal(next.Token.Text, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(next.Token.Text))));
    }
}
