namespace Inference.Engine.Tests;

public sealed class PartialTraceTests
{
    [Theory]
    [InlineData(null, 40)]
    [InlineData(7, 40)]
    [InlineData(7, 3)]
    [InlineData(null, 64)]
    public async Task A_trace_of_some_rows_and_layers_gets_the_bits_of_a_whole_one(int? chunk, int firstRow)
    {
        const int Rows = 60, Outputs = 16;
        var options = new EngineOptions { ContextLength = 128, KvBytes = 8 << 20, MaxSequences = 4, MaxOutputs = Outputs };
        using var fixture = new EngineFixture(options);
        var (whole, part) = (new Part(null, 0), new Part([0, fixture.DecoderShape.Layers], firstRow));
        foreach (var trace in (Part[])[whole, part])
        {
            var result = await fixture.Engine.Submit(fixture.Model, new GenerationRequest
            {
                Prompt = EngineFixture.TextPrompt(Rows, seed: 3),
                Sampling = EngineFixture.Greedy(2),
                IgnoreStopTokens = true,
                PrefillChunk = chunk,
                Trace = trace,
            }).Completion;
            Assert.Equal((FinishReason.MaxTokens, 2), (result.Reason, result.Usage.CompletionTokens));
        }

        Assert.Equal(Math.Max(0, Rows - firstRow), part.Logits.Count);
        Assert.All(part.Logits, row => Assert.Equal(whole.Logits[row.Key], row.Value));
        Assert.All(part.Hidden.Where(row => row.Key.Index == 0), row => Assert.Equal(whole.Hidden[row.Key], row.Value));
        Assert.Equal(
            Enumerable.Range(0, Rows).Where(row => row >= firstRow)
                .SelectMany(row => new[] { (0, row), (fixture.DecoderShape.Layers, row) }).Order(),
            part.Hidden.Keys.Select(key => (key.Index, key.Row)).Order());
    }

    private sealed class Part(IReadOnlyList<int>? layers, int firstRow) : IGenerationTrace
    {
        public IReadOnlyList<int>? HiddenLayers => layers;

        public int FirstRow => firstRow;

        public Dictionary<(int Index, int Row), float[]> Hidden { get; } = [];

        public Dictionary<int, float[]> Logits { get; } = [];

        public void OnImageFeatures(int image, ReadOnlySpan<float> rows, int width)
        {
        }

        public void OnHidden(int index, int firstRow, ReadOnlySpan<float> rows, int width)
        {
            for (var i = 0; i < rows.Length / width; i++)
            {
                Hidden.Add((index, firstRow + i), rows.Slice(i * width, width).ToArray());
            }
        }

        public void OnPromptOutput(int row, ReadOnlySpan<float> normed, ReadOnlySpan<float> logits) => Logits.Add(row, logits.ToArray());

        public void OnStep(int step, ReadOnlySpan<float> scores, int? layer)
        {
        }
    }
}
