using Inference.Grounding.Evaluation.Scenes;

namespace Inference.Grounding.Tests.Evaluation.Scenes;

public sealed class DescribedObjectsTests
{
    // A large yellow cross, a small orange triangle, a large green ring, a small yellow diamond; from left to right.
    private static readonly IReadOnlyList<SceneObject> Objects = DemoScenes.All[0].Objects;

    [Theory]
    [InlineData("the ring", "2")]
    [InlineData("the yellow object", "0,3")]
    [InlineData("the rightmost yellow object", "3")]
    [InlineData("the topmost object", "2")]
    [InlineData("the bottommost small object", "3")]
    [InlineData("the object, left of the ring", "0,1")]
    [InlineData("the object, left of the ring and right of the cross", "1")]
    [InlineData("the ring, below the diamond", "")]
    [InlineData("the ring, below the heart", "")]
    [InlineData("the ring and the cross", "2")]
    [InlineData("the striped ring", "")]
    [InlineData("", "")]
    public void Finds_what_a_text_is_true_of(string text, string indices) =>
        Assert.Equal(indices, string.Join(',', DescribedObjects.Find(text, Objects)));

    [Fact]
    public void Annotated_expressions_fit_their_object_alone()
    {
        foreach (var scene in DemoScenes.All)
        {
            for (var o = 0; o < scene.Objects.Count; o++)
            {
                if (scene.Objects[o].Expression is { } expression)
                {
                    Assert.Equal([o], DescribedObjects.Find(expression, scene.Objects));
                }

                Assert.Contains(o, DescribedObjects.Find(scene.Objects[o].Detail, scene.Objects));
            }
        }
    }
}
