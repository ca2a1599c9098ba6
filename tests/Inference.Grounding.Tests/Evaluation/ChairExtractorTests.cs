using Inference.Grounding.Evaluation;

namespace Inference.Grounding.Tests.Evaluation;

public sealed class ChairExtractorTests
{
    private static readonly ChairVocabulary Vocabulary = Sources.Vocabulary();

    [Theory]
    [InlineData("A man and two Women.", "person,person")]
    [InlineData("Two hot dogs on a bench", "hot dog,bench")]
    [InlineData("a baby bear beside a passenger train", "bear,train")]
    [InlineData("a baby, bear in hand", "person,bear")]
    [InlineData("the toilet seat is up", "toilet")]
    [InlineData("the seat of the toilet", "toilet")]
    [InlineData("a seat", "chair")]
    [InlineData("the train tracks", "")]
    [InlineData("the man's skis and the dogs' bus", "person,skis,dog,bus")]
    [InlineData("the man’s tie", "person,tie")]
    [InlineData("a baby's bear", "person,bear")]
    [InlineData("a child-sized dog-like thing", "")]
    [InlineData("he wears a bow tie", "tie")]
    [InlineData("wine glasses, wine\nglass", "wine glass,wine glass")]
    [InlineData("a cheesecake", "")]
    [InlineData("nothing here", "")]
    [InlineData("", "")]
    public void Finds_the_objects_of_a_caption_in_order(string caption, string nodes)
    {
        var found = new ChairExtractor(Vocabulary).Extract(caption).Mentions.Select(mention => Vocabulary.Nodes[mention.Node]);
        Assert.Equal(nodes, string.Join(',', found));
    }

    [Fact]
    public void Mentions_say_where_they_stand()
    {
        const string Caption = "Élan: the MAN’s hot  dogs.";
        var mentions = new ChairExtractor(Vocabulary).Extract(Caption).Mentions;
        Assert.Equal(["MAN", "hot  dogs"], mentions.Select(mention => Caption.Substring(mention.Start, mention.Length)));
    }

    [Theory]
    [InlineData("The man's well-lit hot dog, isn't it?", 7)]
    [InlineData("!? …", 0)]
    public void Words_are_counted_without_punctuation(string caption, int words) =>
        Assert.Equal(words, new ChairExtractor(Vocabulary).Extract(caption).Words);
}
