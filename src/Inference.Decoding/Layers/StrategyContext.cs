namespace Inference.Decoding.Layers;

/// <summary>What defaults and limits of settings depend on.</summary>
/// <param name="Layers">Blocks of the decoder, L; hidden states are numbered 0 (embeddings) to L.</param>
/// <param name="IsGreedy">Whether the request takes the arg-max.</param>
public readonly record struct StrategyContext(int Layers, bool IsGreedy);
