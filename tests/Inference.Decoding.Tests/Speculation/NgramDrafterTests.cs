using Inference.Decoding.Speculation;

namespace Inference.Decoding.Tests.Speculation;

/// <summary>Guesses from what stood in the sequence before.</summary>
public sealed class NgramDrafterTests
{
    [Theory]
    [InlineData(new[] { 1, 2, 3, 4, 5, 1, 2 }, 3, new[] { 3, 4, 5 })]
    [InlineData(new[] { 1, 2, 8, 1, 2, 9, 1, 2 }, 1, new[] { 9 })] // the latest place
    [InlineData(new[] { 7, 1, 2, 8, 6, 1, 2, 9, 7, 1, 2 }, 2, new[] { 8, 6 })] // the longest tail comes first
    [InlineData(new[] { 5, 6, 5, 6 }, 5, new[] { 5, 6, 5, 6, 5 })] // a period goes on behind the end
    [InlineData(new[] { 4, 4, 4 }, 4, new[] { 4, 4, 4, 4 })]
    [InlineData(new[] { 1, 2, 3, 4, 5, 6 }, 4, new int[0])]
    [InlineData(new[] { 3, 1, 3 }, 4, new int[0])] // one token says too little
    [InlineData(new[] { 3 }, 4, new int[0])]
    [InlineData(new int[0], 4, new int[0])]
    public void What_followed_is_guessed_to_follow_again(int[] tokens, int most, int[] expected)
    {
        var drafter = new NgramDrafter(tokens.Length);
        foreach (var token in tokens)
        {
            drafter.Append(token);
        }

        var drafts = new int[most];
        Assert.Equal(expected, drafts[..drafter.Draft(drafts)]);
    }
}
