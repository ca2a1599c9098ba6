using Inference.Grounding.Evaluation;
using Inference.Models.Checkpoints;

namespace Inference.Grounding.Probes.Data;

/// <summary>Reads a folder of collected answers. Hidden states stay on the disk until a layer is asked for.</summary>
public sealed class ProbeDataFolder : IDisposable
{
    private readonly List<SafetensorsFile> _shards = [];
    private readonly List<(int Shard, int FirstRow)> _places = [];
    private readonly List<ProbeAnswer> _answers = [];

    private ProbeDataFolder(string folder) => Info = ProbeDataInfo.Read(folder);

    /// <summary>What the folder holds.</summary>
    public ProbeDataInfo Info { get; }

    /// <summary>The answers in the order of their collection.</summary>
    public IReadOnlyList<ProbeAnswer> Answers => _answers;

    /// <summary>Opens a folder that probe collect wrote.</summary>
    /// <exception cref="EvaluationException">A file is something else.</exception>
    /// <exception cref="CheckpointException">A shard is damaged.</exception>
    public static ProbeDataFolder Open(string path)
    {
        var folder = new ProbeDataFolder(path);
        try
        {
            folder.Load(path);
            return folder;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Hidden states of a layer at every token of the given answer, written to <paramref name="destination"/>, [tokens, width].
    /// </summary>
    public void CopyHidden(int answer, int layer, Span<float> destination)
    {
        var (shard, firstRow) = _places[answer];
        var tensor = _shards[shard][ProbeShard.Hidden(layer)];
        var rowBytes = Info.Width * tensor.Dtype.ItemSize();
        HiddenRows.Widen(tensor, tensor.Slice((long)firstRow * rowBytes, _answers[answer].Ends.Count * rowBytes), destination);
    }

    private void Load(string path)
    {
        using var file = File.OpenRead(Path.Combine(path, ProbeDataWriter.AnswersName));
        for (var shard = 0; File.Exists(Path.Combine(path, ProbeShard.FileName(shard))); shard++)
        {
            _shards.Add(SafetensorsFile.Open(Path.Combine(path, ProbeShard.FileName(shard))));
        }

        var columns = _shards.Select(shard => new ShardColumns(shard, Info)).ToList();
        foreach (var line in JsonLines.Read(new EvaluationSource(ProbeDataWriter.AnswersName, file)))
        {
            var (answer, shard, firstRow) = AnswerLine.Read(line);
            var tokens = answer.Ends.Count;
            if (shard >= columns.Count || firstRow > columns[shard].Tokens.Length - tokens)
            {
                throw new EvaluationException(line.Place, "rows that no shard has", "what probe collect wrote");
            }

            var rows = firstRow..(firstRow + tokens);
            _places.Add((shard, firstRow));
            _answers.Add(answer with
            {
                Tokens = [.. columns[shard].Tokens[rows].Select(token => checked((int)token))],
                Logprobs = columns[shard].Logprobs[rows],
                Entropies = columns[shard].Entropies[rows],
            });
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _shards.ForEach(shard => shard.Dispose());

    private sealed class ShardColumns
    {
        public ShardColumns(SafetensorsFile file, ProbeDataInfo info)
        {
            Tokens = file[ProbeShard.Tokens].ToInt64s();
            Logprobs = file[ProbeShard.Logprobs].ToSingles();
            Entropies = file[ProbeShard.Entropies].ToSingles();
            foreach (var layer in info.Layers)
            {
                if (!file[ProbeShard.Hidden(layer)].Shape.SequenceEqual([Tokens.Length, info.Width]))
                {
                    throw new CheckpointException(
                        file.Name, ProbeShard.Hidden(layer), $"another shape than [{Tokens.Length}, {info.Width}]");
                }
            }

            if (Logprobs.Length != Tokens.Length || Entropies.Length != Tokens.Length)
            {
                throw new CheckpointException(file.Name, null, "columns of different lengths");
            }
        }

        public long[] Tokens { get; }

        public float[] Logprobs { get; }

        public float[] Entropies { get; }
    }
}
