using System.Text;
using Inference.Models.Tokenization.Normalizers;

namespace Inference.Models.Tokenization.Decoders;

/// <summary>A replacement that has to see each token whole.</summary>
internal sealed class RewriteDecoder(INormalizer rewrite) : IDecoder
{
    public DecodeStage Start(DecodeStage next) => new Stage(rewrite, next);

    private sealed class Stage(INormalizer rewrite, DecodeStage next) : DecodeStage
    {
        private readonly StringBuilder _token = new();

        public override void Text(ReadOnlySpan<char> piece) => _token.Append(piece);

        public override void EndToken()
        {
            next.Text(rewrite.Normalize(_token.ToString()));
            _token.Clear();
            next.EndToken();
        }

        public override void Finish() => next.Finish();
    }
}
