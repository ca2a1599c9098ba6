namespace Inference.Models.Tokenization.Decoders;

/// <summary>Joins all tokens into one.</summary>
internal sealed class FuseDecoder : IDecoder
{
    public DecodeStage Start(DecodeStage next) => new Stage(next);

    private sealed class Stage(DecodeStage next) : DecodeStage
    {
        public override void Text(ReadOnlySpan<char> piece) => next.Text(piece);

        public override void EndToken()
        {
        }

        public override void Finish()
        {
            next.EndToken();
            next.Finish();
        }
    }
}
