using System.Text;
using Inference.Grounding.Evaluation;
using Inference.Grounding.Importance;

namespace Inference.Grounding.Tests.Importance;

public sealed class ImportanceFileTests : IDisposable
{
    private static readonly LayerPrior Prior = new([0, 3, 4], [0.1, 0.2, 0.7], [0.01, 0.02, 1.0 / 3], 40);

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.json");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void What_was_saved_is_loaded()
    {
        new ImportanceFile("abc", Prior).Save(_path);
        var loaded = ImportanceFile.Load(_path);
        Assert.Equal("abc", loaded.Fingerprint);
        Assert.Equal(Prior.Layers, loaded.Prior.Layers);
        Assert.Equal(Prior.Regions, loaded.Prior.Regions);
        Assert.Equal([.. Prior.Prior, .. Prior.StandardError], loaded.Prior.Prior.Concat(loaded.Prior.StandardError));
        Assert.Same(loaded.Prior, loaded.For("p", "abc"));
    }

    [Fact]
    public void Another_model_is_refused()
    {
        var refusal = Assert.Throws<EvaluationException>(() => new ImportanceFile("abc", Prior).For("p.json", "def"));
        Assert.Equal("p.json: found a prior for the model abc; allowed: one for the model def", refusal.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"kind": "other"}""")]
    [InlineData(
        """{"kind": "glassbox-importance-1", "model_fingerprint": "a", "regions": 1, "layers": [], "prior": [], "standard_error": []}""")]
    [InlineData("""{"kind": "glassbox-importance-1", "model_fingerprint": "a", "regions": 1, "layers": [1], "prior": [0.5, 0.5], "standard_error": [0]}""")]
    [InlineData("""{"kind": "glassbox-importance-1", "model_fingerprint": "a", "regions": 1, "layers": [1, 1], "prior": [0.5, 0.5], "standard_error": [0, 0]}""")]
    [InlineData("""{"kind": "glassbox-importance-1", "model_fingerprint": "a", "regions": 1, "layers": [1], "prior": [-1], "standard_error": [0]}""")]
    [InlineData("""{"kind": "glassbox-importance-1", "model_fingerprint": "a", "regions": 1, "layers": [99999999999], "prior": [1], "standard_error": [0]}""")]
    [InlineData(
        """{"kind": "glassbox-importance-1", "model_fingerprint": 1, "regions": 1, "layers": [1], "prior": [1], "standard_error": [0]}""")]
    [InlineData("""{"kind": "glassbox-importance-1", "model_fingerprint": null, "regions": 1, "layers": [1], "prior": [1], "standard_error": [0]}""")]
    public void Anything_else_is_refused(string content) =>
        Assert.Throws<EvaluationException>(() => ImportanceFile.Parse("p", Encoding.UTF8.GetBytes(content)));
}
