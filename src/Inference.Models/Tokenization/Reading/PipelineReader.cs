using System.Text.Json;

namespace Inference.Models.Tokenization.Reading;

/// <summary>Reads the parts of the file in the order in which they depend on each other.</summary>
internal static class PipelineReader
{
    public static Pipeline Read(JsonField root, string file)
    {
        if (root.Optional("version") is { } version && version.Text() != "1.0")
            throw version.Error($"version '{version.Text()}' is not supported, 1.0 is");
        var normalizer = root.Optional("normalizer") is { } n ? new NormalizerReader().Read(n) : null;
        var preTokenizer = root.Optional("pre_tokenizer") is { } p ? new PreTokenizerReader().Read(p) : null;
        var postProcessor = root.Optional("post_processor") is { } q ? new PostProcessorReader().Read(q) : PostProcessor.None;
        var decoder = root.Optional("decoder") is { } d ? new DecoderReader().Read(d) : null;
        var model = ModelReader.Read(root.Required("model"));
        var added = AddedTokenReader.Read(root.Optional("added_tokens"), model.Vocabulary, normalizer);
        return new Pipeline(file, added, normalizer, preTokenizer, model, postProcessor, decoder);
    }
}
