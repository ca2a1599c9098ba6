using System.Buffers;
using System.Text;
using Inference.Models.Tokenization.Bpe;

namespace Inference.Models.Tokenization.Decoders;

/// <summary>
/// Reads runs of byte tokens as UTF-8. A run that is not valid as a whole becomes one U+FFFD per byte, so nothing of a run can leave
/// before it ends or turns out to be invalid.
/// </summary>
internal sealed class ByteFallbackDecoder : IDecoder
{
    public DecodeStage Start(DecodeStage next) => new Stage(next);

    private sealed class Stage(DecodeStage next) : DecodeStage
    {
        private readonly char[] _token = new char[ByteTokens.Length];
        private readonly List<byte> _run = [];
        private int _tokenLength;
        private int _wholeCharacters;
        private bool _passing;
        private bool _invalid;

        public override void Text(ReadOnlySpan<char> piece)
        {
            if (!_passing && _tokenLength + piece.Length > _token.Length)
            {
                EndRun();
                next.Text(_token.AsSpan(0, _tokenLength));
                _passing = true;
            }
            if (_passing)
            {
                next.Text(piece);
                return;
            }
            piece.CopyTo(_token.AsSpan(_tokenLength));
            _tokenLength += piece.Length;
        }

        public override void EndToken()
        {
            var token = _token.AsSpan(0, _tokenLength);
            if (!_passing && ByteTokens.TryParse(token, out var value))
            {
                AddByte(value);
            }
            else
            {
                if (!_passing)
                {
                    EndRun();
                    next.Text(token);
                }
                next.EndToken();
            }
            _passing = false;
            _tokenLength = 0;
        }

        public override void Finish()
        {
            EndRun();
            next.Finish();
        }

        private void AddByte(byte value)
        {
            if (_invalid)
            {
                Replace(1);
                return;
            }
            _run.Add(value);
            Span<byte> last = stackalloc byte[4];
            var length = _run.Count - _wholeCharacters;
            for (var i = 0; i < length; i++) last[i] = _run[_wholeCharacters + i];
            switch (Rune.DecodeFromUtf8(last[..length], out _, out var consumed))
            {
                case OperationStatus.Done:
                    _wholeCharacters += consumed;
                    break;
                case OperationStatus.InvalidData:
                    _invalid = true;
                    Replace(_run.Count);
                    break;
            }
        }

        private void EndRun()
        {
            if (!_invalid && _wholeCharacters < _run.Count)
            {
                Replace(_run.Count);
            }
            else if (!_invalid && _run.Count > 0)
            {
                next.Text(Encoding.UTF8.GetString([.. _run]));
                next.EndToken();
            }
            _run.Clear();
            _wholeCharacters = 0;
            _invalid = false;
        }

        private void Replace(int count)
        {
            for (; count > 0; count--)
            {
                next.Text("\uFFFD");
                next.EndToken();
            }
        }
    }
}
