using Inference.Grounding.Evaluation;

namespace Inference.Grounding.Tests.Evaluation;

public sealed class SingularFormTests
{
    private static readonly HashSet<string> Known =
        ["man", "woman", "people", "mouse", "goose", "puppy", "tie", "knife", "calf", "glove", "bench", "bus",
            "glass", "car", "ski", "plan", "scissors", "potato"];

    [Theory]
    [InlineData("men", "man")]
    [InlineData("women", "woman")]
    [InlineData("mice", "mouse")]
    [InlineData("geese", "goose")]
    [InlineData("puppies", "puppy")]
    [InlineData("ties", "tie")]
    [InlineData("knives", "knife")]
    [InlineData("calves", "calf")]
    [InlineData("gloves", "glove")]
    [InlineData("benches", "bench")]
    [InlineData("buses", "bus")]
    [InlineData("glasses", "glass")]
    [InlineData("potatoes", "potato")]
    [InlineData("cars", "car")]
    public void Plurals_of_known_words_become_singular(string plural, string singular) =>
        Assert.Equal(singular, SingularForm.Of(plural, Known.Contains));

    [Theory]
    [InlineData("bus")]
    [InlineData("people")]
    [InlineData("scissors")]
    [InlineData("glass")]
    [InlineData("cares")]
    [InlineData("skies")]
    [InlineData("planes")]
    [InlineData("omen")]
    [InlineData("unknowns")]
    [InlineData("s")]
    [InlineData("")]
    public void Words_that_are_no_plural_of_a_known_word_stay(string word) => Assert.Equal(word, SingularForm.Of(word, Known.Contains));
}
