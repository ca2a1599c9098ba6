using Inference.Models.Tokenization.Normalizers;

namespace Inference.Models.Tokenization.Reading;

internal sealed class NormalizerReader() : ComponentReader<INormalizer>("normalizer", "normalizers")
{
    protected override string Supported => "Prepend, Replace, NFC, NFD, NFKC, NFKD, Lowercase, Strip, StripAccents and ByteLevel";

    protected override INormalizer Sequence(IReadOnlyList<INormalizer> components) => new SequenceNormalizer(components);

    protected override INormalizer? ReadOne(string name, JsonField field) => name switch
    {
        "Prepend" => new PrependNormalizer(field.Required("prepend").Text()),
        "Replace" => new ReplaceNormalizer(PatternField.Read(field.Required("pattern")), field.Required("content").Text()),
        "NFC" => new UnicodeNormalizer(compatibility: false, compose: true),
        "NFD" => new UnicodeNormalizer(compatibility: false, compose: false),
        "NFKC" => new UnicodeNormalizer(compatibility: true, compose: true),
        "NFKD" => new UnicodeNormalizer(compatibility: true, compose: false),
        "Lowercase" => new LowercaseNormalizer(),
        "Strip" => new StripNormalizer(field.Required("strip_left").Flag(), field.Required("strip_right").Flag()),
        "StripAccents" => new StripAccentsNormalizer(),
        "ByteLevel" => new ByteLevelNormalizer(),
        _ => null,
    };
}
