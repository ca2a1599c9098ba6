namespace Inference.Engine.Tests;

/// <summary>Keeps every number of a traced request.</summary>
internal sealed class RecordingTrace : IGenerationTrace
{
    private readonly SortedDictionary<string, List<float>> _values = new(StringComparer.Ordinal);

    public IEnumerable<string> Names => _values.Keys;

    public float[] this[string name] => [.. _values[name]];

    public void OnImageFeatures(int image, ReadOnlySpan<float> rows, int width) => Add($"features.{image}", rows);

    public void OnHidden(int index, int firstRow, ReadOnlySpan<float> rows, int width) => Add($"hidden.{index:D2}", rows);

    public void OnStage(int stage, ReadOnlySpan<int> kept, ReadOnlySpan<int> keptOriginal)
    {
        Add($"kept.{stage}", [.. kept.ToArray().Select(offset => (float)offset)]);
        Add($"kept_original.{stage}", [.. keptOriginal.ToArray().Select(offset => (float)offset)]);
    }

    public void OnPromptOutput(int row, ReadOnlySpan<float> normed, ReadOnlySpan<float> logits)
    {
        Add("normed", normed);
        Add("logits", logits);
    }

    public void OnStep(int step, ReadOnlySpan<float> scores, int? layer)
    {
        Add("scores", scores);
        if (layer is { } chosen)
        {
            Add("layers", [chosen]);
        }
    }

    private void Add(string name, ReadOnlySpan<float> values)
    {
        if (!_values.TryGetValue(name, out var list))
        {
            _values.Add(name, list = []);
        }

        list.AddRange(values);
    }
}
