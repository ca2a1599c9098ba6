using Inference.Compute;
using Inference.Decoding.Probes;
using Inference.Models.Decoders;
using Inference.Models.Tokenization;
using Inference.Models.Vision;

namespace Inference.Engine;

/// <summary>What the engine runs: a decoder, and where it has them a vision encoder and a tokenizer.</summary>
/// <param name="Name">The name requests use.</param>
/// <param name="Decoder">The decoder.</param>
/// <param name="Vision">The vision encoder, or null for a text model.</param>
/// <param name="Tokenizer">Turns ids into text; null leaves texts empty (random weights).</param>
public sealed record EngineModel(string Name, Decoder Decoder, VisionEncoder? Vision, Tokenizer? Tokenizer)
{
    /// <summary>Probes that requests may name; of the decoder's width.</summary>
    public IReadOnlyList<Probe> Probes { get; init; } = [];
}
