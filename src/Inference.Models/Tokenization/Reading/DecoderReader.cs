using Inference.Models.Tokenization.Decoders;
using Inference.Models.Tokenization.Normalizers;
using Inference.Models.Tokenization.Patterns;
using Inference.Models.Tokenization.PreTokenizers;

namespace Inference.Models.Tokenization.Reading;

internal sealed class DecoderReader() : ComponentReader<IDecoder>("decoder", "decoders")
{
    private const int MostStripped = 1 << 10;

    protected override string Supported => "ByteLevel, ByteFallback, Fuse, Replace, Strip and Metaspace";

    protected override IDecoder Sequence(IReadOnlyList<IDecoder> components) => new SequenceDecoder(components);

    protected override IDecoder? ReadOne(string name, JsonField field) => name switch
    {
        "ByteLevel" => new ByteLevelDecoder(),
        "ByteFallback" => new ByteFallbackDecoder(),
        "Fuse" => new FuseDecoder(),
        "Replace" => Replace(PatternField.Read(field.Required("pattern")), field.Required("content").Text()),
        "Strip" => new StripDecoder(
            MetaspaceField.Character(field.Required("content")),
            field.Required("start").Number(MostStripped),
            field.Required("stop").Number(MostStripped)),
        "Metaspace" => new MetaspaceDecoder(MetaspaceField.Replacement(field), MetaspaceField.Scheme(field) != PrependScheme.Never),
        _ => null,
    };

    private static IDecoder Replace(Pattern pattern, string content) => pattern is LiteralPattern literal
        ? new ReplaceDecoder(literal.Literal, content)
        : new RewriteDecoder(new ReplaceNormalizer(pattern, content));
}
