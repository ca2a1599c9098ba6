using Inference.Compute;

namespace Inference.Models.Checkpoints;

/// <summary>Reads the library's activation names. Several names are one function; the forms of tanh-GELU differ in rounding only.</summary>
internal static class Activations
{
    public static Activation Read(ConfigSection section, string key, Activation fallback, ReadOnlySpan<Activation> supported)
    {
        if (section.String(key) is not { } name)
            return section.Has(key) ? throw section.Error(key, "null found, the name of an activation is needed") : fallback;
        Activation? activation = name switch
        {
            "silu" or "swish" => Activation.Silu,
            "gelu" or "gelu_python" => Activation.Gelu,
            "gelu_pytorch_tanh" or "gelu_python_tanh" or "gelu_new" or "gelu_fast" or "gelu_accurate" => Activation.GeluTanh,
            "quick_gelu" => Activation.QuickGelu,
            _ => null,
        };
        if (activation is { } known && supported.Contains(known))
            return known;
        var allowed = string.Join(", ", supported.ToArray().Select(Name));
        throw section.Error(
            key, $"activation '{CheckpointException.Printable(name)}' found; {allowed} {(supported.Length == 1 ? "is" : "are")} supported");
    }

    private static string Name(Activation activation) => activation switch
    {
        Activation.Silu => "silu",
        Activation.Gelu => "gelu",
        Activation.GeluTanh => "gelu_pytorch_tanh",
        _ => "quick_gelu",
    };
}
