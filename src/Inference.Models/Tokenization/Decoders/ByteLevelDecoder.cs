using System.Text;

namespace Inference.Models.Tokenization.Decoders;

/// <summary>
/// Reads the tokens' characters as bytes and all bytes together as UTF-8, with U+FFFD for what is not. A token with a character
/// outside the alphabet stands for itself.
/// </summary>
internal sealed class ByteLevelDecoder : IDecoder
{
    public DecodeStage Start(DecodeStage next) => new Stage(next);

    private sealed class Stage(DecodeStage next) : DecodeStage
    {
        private readonly Decoder _utf8 = Encoding.UTF8.GetDecoder();
        private readonly StringBuilder _token = new();
        private byte[] _bytes = new byte[64];
        private char[] _characters = new char[65];

        public override void Text(ReadOnlySpan<char> piece) => _token.Append(piece);

        public override void EndToken()
        {
            Emit(ReadToken(), flush: false);
            _token.Clear();
        }

        public override void Finish()
        {
            Emit(0, flush: true);
            next.EndToken();
            next.Finish();
        }

        private int ReadToken()
        {
            // Three bytes hold any UTF-16 unit; one unit more than bytes holds what the decoder kept back.
            if (_bytes.Length < 3 * _token.Length)
            {
                _bytes = new byte[3 * _token.Length];
                _characters = new char[_bytes.Length + 1];
            }
            var count = 0;
            foreach (var chunk in _token.GetChunks())
                foreach (var character in chunk.Span)
                    if (ByteLevel.TryGetByte(character, out var value)) _bytes[count++] = value;
                    else return Encoding.UTF8.GetBytes(_token.ToString(), _bytes);
            return count;
        }

        private void Emit(int count, bool flush)
        {
            var length = _utf8.GetChars(_bytes.AsSpan(0, count), _characters, flush);
            if (length > 0) next.Text(_characters.AsSpan(0, length));
        }
    }
}
