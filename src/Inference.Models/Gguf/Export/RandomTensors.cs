using Inference.Compute;
using Inference.Models.Checkpoints;
using Inference.Models.Decoders;
using Inference.Models.Loading;

namespace Inference.Models.Gguf;

/// <summary>The tensors of <see cref="RandomDecoder"/>, drawn in its order from its streams: the same model in a file.</summary>
internal static class RandomTensors
{
    public static IEnumerable<GgufTensor> Create(DecoderShape shape, NumberFormat format, int seed)
    {
        var matrices = new Stream(format, seed);
        var vocabularyFormat = DecoderLoader.VocabularyFormat(format) ?? format;
        var vocabulary = new Stream(vocabularyFormat, seed + RandomDecoder.VocabularySeed);
        yield return vocabulary.Matrix(GgufNames.Embedding, shape.Vocabulary, shape.Width);
        for (var i = 0; i < shape.Layers; i++)
        {
            var block = $"blk.{i}.";
            yield return Ones(block + "attn_norm.weight", shape.Width);
            yield return matrices.Matrix(block + "attn_q.weight", shape.QueryWidth, shape.Width, shape.HeadDim);
            yield return matrices.Matrix(block + "attn_k.weight", shape.KvWidth, shape.Width, shape.HeadDim);
            yield return matrices.Matrix(block + "attn_v.weight", shape.KvWidth, shape.Width);
            yield return matrices.Matrix(block + "attn_output.weight", shape.Width, shape.QueryWidth);
            yield return Ones(block + "ffn_norm.weight", shape.Width);
            yield return matrices.Matrix(block + "ffn_gate.weight", shape.Intermediate, shape.Width);
            yield return matrices.Matrix(block + "ffn_up.weight", shape.Intermediate, shape.Width);
            yield return matrices.Matrix(block + "ffn_down.weight", shape.Width, shape.Intermediate);
        }

        yield return Ones(GgufNames.Norm, shape.Width);
        yield return vocabulary.Matrix(GgufNames.Head, shape.Vocabulary, shape.Width);
    }

    private static GgufTensor Ones(string name, int width) => new(name, TensorDtype.F32, [width], 0, values => values.Fill(1));

    private sealed class Stream(NumberFormat format, int seed)
    {
        private readonly RandomWeights _weights = new(format, seed);

        public GgufTensor Matrix(string name, int outputs, int inputs, int pairedHeadDim = 0)
        {
            var range = RandomWeights.Range(inputs);
            return new GgufTensor(name, GgufExporter.DtypeOf(format), [outputs, inputs], pairedHeadDim, values =>
            {
                foreach (ref var value in values)
                    value = _weights.Next(range);
            });
        }
    }
}
