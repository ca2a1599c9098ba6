namespace Inference.Models.Tokenization.Decoders;

/// <summary>Turns the texts of tokens back into text. Immutable; each run of it has stages of its own.</summary>
internal interface IDecoder
{
    /// <summary>A fresh stage that hands its output to <paramref name="next"/>.</summary>
    DecodeStage Start(DecodeStage next);
}
