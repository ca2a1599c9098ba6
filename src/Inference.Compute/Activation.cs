namespace Inference.Compute;

/// <summary>Element-wise activation functions.</summary>
public enum Activation
{
    /// <summary>x · Φ(x) by the error function (torch gelu, "gelu").</summary>
    Gelu,

    /// <summary>½ x (1 + tanh(√(2/π)(x + 0.044715 x³))) ("gelu_pytorch_tanh", "gelu_new").</summary>
    GeluTanh,

    /// <summary>x · σ(1.702 x) ("quick_gelu", CLIP).</summary>
    QuickGelu,

    /// <summary>x · σ(x) ("silu", "swish").</summary>
    Silu,
}
