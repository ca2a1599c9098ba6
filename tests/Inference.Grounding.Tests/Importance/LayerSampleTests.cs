using Inference.Grounding.Importance;

namespace Inference.Grounding.Tests.Importance;

public sealed class LayerSampleTests
{
    [Fact]
    public void A_line_without_an_image_has_none_and_one_without_a_prompt_has_none()
    {
        var folder = Directory.CreateTempSubdirectory("glassbox-test-");
        try
        {
            var list = Path.Combine(folder.FullName, "data.jsonl");
            File.WriteAllText(list, """
                {"prompt": "a"}
                {"image": "scene.png"}
                {"image": "scene.png", "prompt": "b"}
                """);
            File.WriteAllBytes(Path.Combine(folder.FullName, "scene.png"), [1, 2, 3]);

            var samples = LayerSample.Read(list, most: 3).ToArray();

            Assert.Equal(["a", null, "b"], samples.Select(sample => sample.Prompt));
            Assert.Equal([null, 3, 3], samples.Select(sample => sample.Image?.Length));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
