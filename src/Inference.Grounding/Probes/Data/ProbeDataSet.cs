using Inference.Grounding.Evaluation;

namespace Inference.Grounding.Probes.Data;

/// <summary>Several folders of answers of one model, taken as one.</summary>
public sealed class ProbeDataSet : IDisposable
{
    private readonly List<ProbeDataFolder> _folders = [];
    private readonly List<(ProbeDataFolder Folder, int Answer)> _places = [];
    private readonly List<ProbeAnswer> _answers = [];
    private readonly List<int> _groups = [];

    /// <summary>Fingerprint of the model.</summary>
    public string Model => _folders[0].Info.Model;

    /// <summary>Decoder blocks of the model.</summary>
    public int ModelLayers => _folders[0].Info.ModelLayers;

    /// <summary>Width of a hidden state.</summary>
    public int Width => _folders[0].Info.Width;

    /// <summary>The hidden states that all folders hold, ascending.</summary>
    public IReadOnlyList<int> Layers { get; private set; } = [];

    /// <summary>All answers, folder by folder.</summary>
    public IReadOnlyList<ProbeAnswer> Answers => _answers;

    /// <summary>Of each answer, the number of its image: answers about one image have the same.</summary>
    public IReadOnlyList<int> Groups => _groups;

    /// <summary>Opens folders that probe collect wrote.</summary>
    /// <exception cref="EvaluationException">A file is something else, or the folders are of different models or have no layer in
    /// common.</exception>
    /// <exception cref="Models.Checkpoints.CheckpointException">A shard is damaged.</exception>
    public static ProbeDataSet Open(IReadOnlyList<string> paths)
    {
        var set = new ProbeDataSet();
        try
        {
            foreach (var path in paths)
            {
                set._folders.Add(ProbeDataFolder.Open(path));
                set.CheckModel(path);
            }

            set.Join();
            return set.Layers.Count > 0
                ? set
                : throw new EvaluationException(string.Join(", ", paths), "no layer in common", "folders that share layers");
        }
        catch
        {
            set.Dispose();
            throw;
        }
    }

    /// <summary>Hidden states of a layer at every token of an answer, [tokens, width].</summary>
    public void CopyHidden(int answer, int layer, Span<float> destination)
    {
        var (folder, index) = _places[answer];
        folder.CopyHidden(index, layer, destination);
    }

    private void CheckModel(string path)
    {
        var info = _folders[^1].Info;
        if (info.Model != Model || info.Width != Width || info.ModelLayers != ModelLayers)
        {
            throw new EvaluationException(
                Path.Combine(path, ProbeDataInfo.FileName), $"answers of model {info.Model}", $"of {Model}, as in the folders before");
        }
    }

    private void Join()
    {
        Layers = [.. _folders.Select(folder => folder.Info.Layers.AsEnumerable()).Aggregate((all, next) => all.Intersect(next)).Order()];
        Dictionary<string, int> groups = new(StringComparer.Ordinal);
        foreach (var folder in _folders)
        {
            for (var i = 0; i < folder.Answers.Count; i++)
            {
                var answer = folder.Answers[i];
                groups.TryAdd(answer.Sha256, groups.Count);
                _groups.Add(groups[answer.Sha256]);
                _answers.Add(answer);
                _places.Add((folder, i));
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _folders.ForEach(folder => folder.Dispose());
}
