namespace Inference.Models.Tokenization.Decoders;

/// <summary>Turns SentencePiece's sign back into spaces; the first token loses it where encoding would have added it.</summary>
internal sealed class MetaspaceDecoder(string replacement, bool prepends) : IDecoder
{
    public DecodeStage Start(DecodeStage next) => new Stage(replacement, prepends, next);

    private sealed class Stage(string replacement, bool prepends, DecodeStage next) : DecodeStage
    {
        private bool _first = prepends;

        public override void Text(ReadOnlySpan<char> piece) =>
            next.Text(piece.ToString().Replace(replacement, _first ? "" : " ", StringComparison.Ordinal));

        public override void EndToken()
        {
            _first = false;
            next.EndToken();
        }

        public override void Finish() => next.Finish();
    }
}
