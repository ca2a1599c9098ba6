using System.Text;

namespace Inference.Models.Tokenization.Decoders;

/// <summary>Puts a fixed string in the place of another within each token (matched by Knuth, Morris and Pratt's method).</summary>
internal sealed class ReplaceDecoder(string literal, string content) : IDecoder
{
    private readonly int[] _fallback = BuildFallback(literal);

    public DecodeStage Start(DecodeStage next) => new Stage(literal, content, _fallback, next);

    // For each length matched, the longest shorter one that the same text ends with.
    private static int[] BuildFallback(string literal)
    {
        var fallback = new int[literal.Length + 1];
        for (var i = 1; i < literal.Length; i++)
        {
            var length = fallback[i];
            while (length > 0 && literal[length] != literal[i]) length = fallback[length];
            fallback[i + 1] = literal[length] == literal[i] ? length + 1 : 0;
        }
        return fallback;
    }

    private sealed class Stage(string literal, string content, int[] fallback, DecodeStage next) : DecodeStage
    {
        private readonly StringBuilder _output = new();
        private int _matched;

        public override void Text(ReadOnlySpan<char> piece)
        {
            foreach (var unit in piece) Add(unit);
            Emit();
        }

        public override void EndToken()
        {
            _output.Append(literal, 0, _matched);
            _matched = 0;
            Emit();
            next.EndToken();
        }

        public override void Finish() => next.Finish();

        private void Add(char unit)
        {
            while (_matched > 0 && literal[_matched] != unit)
            {
                var shorter = fallback[_matched];
                _output.Append(literal, 0, _matched - shorter);
                _matched = shorter;
            }
            if (literal[_matched] != unit)
            {
                _output.Append(unit);
            }
            else if (++_matched == literal.Length)
            {
                _output.Append(content);
                _matched = 0;
            }
        }

        private void Emit()
        {
            foreach (var chunk in _output.GetChunks())
                if (chunk.Length > 0)
                    next.Text(chunk.Span);
            _output.Clear();
        }
    }
}
