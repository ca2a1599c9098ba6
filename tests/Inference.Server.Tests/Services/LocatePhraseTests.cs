using System.Globalization;
using Glassbox.V1;
using Inference.Server.Tests.Support;

namespace Inference.Server.Tests.Services;

[Collection(SharedServer.Name)]
public sealed class LocatePhraseTests(ServerFixture fixture)
{
    private const string Before = "Locate ";

    private VisionLanguageService.VisionLanguageServiceClient Client => fixture.Server.Client;

    [Fact]
    public async Task Boxes_are_those_the_reference_writes()
    {
        var cases = Demo.Cases.Where(item => item.Question.StartsWith(Before, StringComparison.Ordinal)).ToArray();
        Assert.True(cases.Length >= 7);
        foreach (var (image, question, answer) in cases)
        {
            var phrase = question[Before.Length..^1];
            var request = new LocatePhraseRequest
            {
                Image = Ask.Image(Demo.Scene(image)),
                Phrase = phrase,
                Space = CoordinateSpace.Normalized,
            };
            var response = await Client.LocatePhraseAsync(request);
            Assert.Equal(answer, response.Text);
            var expected = answer.Trim('[', ']').Split(',').Select(number => double.Parse(number, CultureInfo.InvariantCulture)).ToArray();
            var found = Assert.Single(response.Boxes);
            Assert.Equal(expected, new[] { found.Box.X1, found.Box.Y1, found.Box.X2, found.Box.Y2 }.Select(value => Math.Round(value, 6)));
            Assert.InRange(found.Confidence, double.Epsilon, 1);
            Assert.Equal(FinishReason.StopToken, response.FinishReason);
        }
    }

    [Fact]
    public async Task Boxes_come_in_the_space_that_was_asked_for_and_in_pixels_otherwise()
    {
        var request = new LocatePhraseRequest { Image = Ask.Image(Demo.FirstScene), Phrase = "the large yellow cross" };
        var pixels = (await Client.LocatePhraseAsync(request)).Boxes[0].Box;
        Assert.Equal(CoordinateSpace.PixelsOriginal, pixels.Space);
        Assert.Equal(0.15 * 224, pixels.X1, 6);
        request.Space = CoordinateSpace.Grid1000;
        var grid = (await Client.LocatePhraseAsync(request)).Boxes[0].Box;
        Assert.Equal((CoordinateSpace.Grid1000, 150.0), (grid.Space, Math.Round(grid.X1, 6)));
    }

    [Fact]
    public async Task An_answer_that_ends_before_its_box_has_no_box()
    {
        var request = new LocatePhraseRequest { Image = Ask.Image(Demo.FirstScene), Phrase = "the large yellow cross" };
        request.Parameters = new GenerationParameters { Stop = new StopConditions { MaxTokens = 2 } };
        var response = await Client.LocatePhraseAsync(request);
        Assert.Empty(response.Boxes);
        Assert.Equal((FinishReason.MaxTokens, 2u), (response.FinishReason, response.EffectiveParameters.Stop.MaxTokens));
    }
}
