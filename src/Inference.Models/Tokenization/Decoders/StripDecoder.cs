using System.Text;

namespace Inference.Models.Tokenization.Decoders;

/// <summary>Removes a character from the ends of each token, at most so many times.</summary>
internal sealed class StripDecoder(Rune content, int start, int stop) : IDecoder
{
    public DecodeStage Start(DecodeStage next) => new Stage(content, start, stop, next);

    private sealed class Stage(Rune content, int start, int stop, DecodeStage next) : DecodeStage
    {
        private readonly string _content = content.ToString();
        private readonly int _start = start;
        private int _toStrip = start;
        private int _held;

        public override void Text(ReadOnlySpan<char> piece)
        {
            while (_toStrip > 0 && !piece.IsEmpty)
            {
                if (piece.StartsWith(_content))
                {
                    piece = piece[_content.Length..];
                    _toStrip--;
                }
                else
                {
                    _toStrip = 0;
                }
            }
            if (stop > 0) piece = HoldBack(piece);
            if (!piece.IsEmpty) next.Text(piece);
        }

        public override void EndToken()
        {
            _toStrip = _start;
            _held = 0;
            next.EndToken();
        }

        public override void Finish() => next.Finish();

        // The last characters may be the ones to remove: they wait until something else follows, or the end.
        private ReadOnlySpan<char> HoldBack(ReadOnlySpan<char> piece)
        {
            var rest = piece;
            var trailing = 0;
            for (; rest.EndsWith(_content); rest = rest[..^_content.Length]) trailing++;
            if (!rest.IsEmpty) Release(_held);
            else trailing += _held;
            if (!rest.IsEmpty) next.Text(rest);
            _held = Math.Min(trailing, stop);
            Release(trailing - _held);
            return default;
        }

        private void Release(int count)
        {
            for (; count > 0; count--) next.Text(_content);
        }
    }
}
