namespace Inference.Models.Tokenization.Reading;

/// <summary>Reads what goes around a single text; templates for pairs are not used here.</summary>
internal sealed class PostProcessorReader() : ComponentReader<PostProcessor>("post-processor", "processors")
{
    private const int MostPieces = 64;

    protected override string Supported => "TemplateProcessing, ByteLevel, BertProcessing and RobertaProcessing";

    protected override PostProcessor Sequence(IReadOnlyList<PostProcessor> components) =>
        components.Aggregate(PostProcessor.None, (inner, outer) => outer.Around(inner));

    protected override PostProcessor? ReadOne(string name, JsonField field) => name switch
    {
        "TemplateProcessing" => Template(field),
        // Only moves offsets, which nothing here asks for.
        "ByteLevel" => PostProcessor.None,
        "BertProcessing" or "RobertaProcessing" => new PostProcessor([TokenId(field.Required("cls"))], [TokenId(field.Required("sep"))]),
        _ => null,
    };

    private static PostProcessor Template(JsonField field)
    {
        var single = field.Required("single");
        var ids = field.Optional("special_tokens");
        var prefix = new List<int>();
        var suffix = new List<int>();
        var seesText = false;
        for (var i = 0; i < single.Count(MostPieces); i++)
        {
            if (single[i].Optional("Sequence") is { } sequence)
            {
                if (seesText || sequence.Required("id").Text() != "A")
                    throw sequence.Error("a template for one text holds sequence A once");
                seesText = true;
            }
            else
            {
                var name = single[i].Required("SpecialToken").Required("id");
                (seesText ? suffix : prefix).AddRange(Ids(name, ids));
            }
        }
        return seesText ? new PostProcessor(prefix, suffix) : throw single.Error("a template for one text holds sequence A once");
    }

    private static List<int> Ids(JsonField name, JsonField? specialTokens)
    {
        if (specialTokens?.Optional(name.Text()) is not { } token) throw name.Error($"special_tokens does not have '{name.Text()}'");
        var list = token.Required("ids");
        var ids = new List<int>();
        for (var i = 0; i < list.Count(MostPieces); i++) ids.Add(list[i].Number(TokenizerLimits.LargestId));
        return ids;
    }

    // ["[CLS]", 101]
    private static int TokenId(JsonField pair) =>
        pair.Count(2) == 2 ? pair[1].Number(TokenizerLimits.LargestId) : throw pair.Error("a token and its id are needed here");
}
