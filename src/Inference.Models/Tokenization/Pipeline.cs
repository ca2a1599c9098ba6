using Inference.Models.Tokenization.AddedTokens;
using Inference.Models.Tokenization.Bpe;
using Inference.Models.Tokenization.Decoders;
using Inference.Models.Tokenization.Normalizers;
using Inference.Models.Tokenization.PreTokenizers;

namespace Inference.Models.Tokenization;

/// <summary>What a tokenizer file says, in the order in which text passes through it. Parts that the file leaves out are null.</summary>
internal sealed record Pipeline(
    string File,
    AddedVocabulary Added,
    INormalizer? Normalizer,
    IPreTokenizer? PreTokenizer,
    BpeModel Model,
    PostProcessor PostProcessor,
    IDecoder? Decoder);
