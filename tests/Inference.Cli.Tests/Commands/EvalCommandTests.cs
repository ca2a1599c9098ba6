using System.IO.Compression;
using System.Text;

namespace Inference.Cli.Tests.Commands;

public sealed class EvalCommandTests : IDisposable
{
    private const string Synonyms =
        """{"inverse_synonyms": {"dog": "dog", "cat": "cat", "kitten": "cat"}, "double_words": {"hot dog": "hot dog"}}""";
    private const string Objects = """{"objects": {"1": ["dog"], "2": ["cat"]}}""";
    private const string Questions = """
        {"question_id": 1, "image": "1.jpg", "text": "Is there a dog in the image?", "label": "yes"}
        {"question_id": 2, "image": "2.jpg", "text": "Is there a dog in the image?", "label": "no"}
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Chair_prints_its_scores_as_json_whether_the_objects_are_compressed_or_not(bool compressed)
    {
        var score = await CliRun.Json(Chair("""
            {"image_id": "000000000001.jpg", "text": "Two dogs and a kitten."}
            {"image_id": 2, "text": "A cat"}
            """, compressed));

        Assert.Equal(0.5, score.GetProperty("chair_s").GetDouble());
        Assert.Equal(0.333333, score.GetProperty("chair_i").GetDouble());
        Assert.Equal(1, score.GetProperty("recall").GetDouble());
        Assert.Equal(3.5, score.GetProperty("length").GetDouble());
        Assert.Equal(2, score.GetProperty("confidence_95").GetProperty("chair_s").GetArrayLength());
    }

    [Fact]
    public async Task Chair_names_the_line_that_is_wrong()
    {
        var run = await CliRun.Of(Chair("{\"image_id\": 1, \"text\": \"A dog\"}\n{\"image_id\": 3, \"text\": \"A dog\"}"));
        Assert.Equal(ExitCode.Failure, run.ExitCode);
        Assert.Equal("", run.Out);
        Assert.Equal("glassbox: captions.jsonl line 2: \"image_id\": found \"3\"; allowed: the 2 images of objects.json\n", run.Error);
    }

    [Fact]
    public async Task Pope_prints_its_scores_as_json()
    {
        var score = await CliRun.Json(Pope("{\"question_id\": 2, \"text\": \"Yes\"}\n{\"question_id\": 1, \"text\": \"Yes, there is.\"}"));
        Assert.Equal(0.5, score.GetProperty("accuracy").GetDouble());
        Assert.Equal(0.5, score.GetProperty("precision").GetDouble());
        Assert.Equal(1, score.GetProperty("recall").GetDouble());
        Assert.Equal(0.666667, score.GetProperty("f1").GetDouble());
        Assert.Equal(1, score.GetProperty("yes_ratio").GetDouble());
    }

    [Fact]
    public async Task People_get_a_table_in_percent()
    {
        var pope = await CliRun.Of(Pope("{\"question_id\": 2, \"text\": \"No\"}\n{\"question_id\": 1, \"text\": \"Maybe\"}"));
        Assert.Equal(ExitCode.Success, pope.ExitCode);
        Assert.Contains("100.0 %", pope.Out);
        Assert.Contains("counted as yes without saying it: 1", pope.Error);

        var chair = await CliRun.Of(Chair("""{"image_id": 1, "text": "A cat"}"""));
        Assert.Equal(ExitCode.Success, chair.ExitCode);
        Assert.Contains("CHAIR sentence", chair.Out);
    }

    [Fact]
    public async Task A_missing_answer_fails_and_is_named()
    {
        var run = await CliRun.Of(Pope("""{"question_id": 1, "text": "Yes"}"""));
        Assert.Equal(ExitCode.Failure, run.ExitCode);
        Assert.Contains("answers.jsonl: found no answer to 1 of 2 questions (\"2\")", run.Error);
    }

    [Fact]
    public async Task A_missing_option_is_wrong_usage_and_points_to_the_help()
    {
        var run = await CliRun.Of("eval", "pope", "--answers", "a.jsonl");
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("--questions", run.Error);
        Assert.Contains("See glassbox eval pope --help.", run.Error);
    }

    [Fact]
    public async Task A_missing_file_fails_and_is_named()
    {
        var run = await CliRun.Of("eval", "pope", "--answers", _folder.File("absent.jsonl"), "--questions", _folder.File("absent.jsonl"));
        Assert.Equal(ExitCode.Failure, run.ExitCode);
        Assert.Contains("absent.jsonl", run.Error);
    }

    private string[] Chair(string captions, bool compressed = false) =>
    [
        "eval", "chair", "--captions", Write("captions.jsonl", captions),
        "--objects", Write("objects.json", Objects, compressed), "--synonyms", Write("synonyms.json", Synonyms),
    ];

    private string[] Pope(string answers) =>
        ["eval", "pope", "--answers", Write("answers.jsonl", answers), "--questions", Write("questions.jsonl", Questions)];

    private string Write(string name, string text, bool compressed = false)
    {
        var path = _folder.File(name);
        using Stream file = File.Create(path);
        using var target = compressed ? new GZipStream(file, CompressionLevel.Fastest) : file;
        target.Write(Encoding.UTF8.GetBytes(text));
        return path;
    }
}
