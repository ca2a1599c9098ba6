namespace Inference.Models.Tokenization.Reading;

/// <summary>Reads a component that may be a sequence of others, and keeps count of them.</summary>
internal abstract class ComponentReader<T>(string kind, string members)
{
    private int _count;

    public T Read(JsonField field)
    {
        if (++_count > TokenizerLimits.Components) throw field.Error($"more than {TokenizerLimits.Components} components");
        var type = field.Required("type");
        var name = type.Text();
        if (name == "Sequence") return Sequence(ReadAll(field.Required(members)));
        return ReadOne(name, field) ?? throw type.Error($"the {kind} '{name}' is not supported; supported are Sequence, {Supported}");
    }

    protected abstract string Supported { get; }

    protected abstract T Sequence(IReadOnlyList<T> components);

    /// <summary>The component of this name, or null for an unknown one.</summary>
    protected abstract T? ReadOne(string name, JsonField field);

    private List<T> ReadAll(JsonField list)
    {
        var count = list.Count(TokenizerLimits.Components);
        var components = new List<T>(count);
        for (var i = 0; i < count; i++) components.Add(Read(list[i]));
        return components;
    }
}
