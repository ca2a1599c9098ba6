namespace Inference.Models.Checkpoints;

/// <summary>Activations of feed-forward blocks and projectors.</summary>
public enum Activation
{
    /// <summary>x · sigmoid(x).</summary>
    Silu,

    /// <summary>x · Φ(x), with the error function.</summary>
    Gelu,

    /// <summary>GELU by the tanh approximation.</summary>
    GeluTanh,

    /// <summary>x · sigmoid(1.702 x), as CLIP was trained.</summary>
    QuickGelu,
}
