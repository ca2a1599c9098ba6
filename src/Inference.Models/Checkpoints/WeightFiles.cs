namespace Inference.Models.Checkpoints;

/// <summary>The weight files of a model, one or sharded, with their tensors joined.</summary>
internal sealed class WeightFiles : IDisposable
{
    private const string SingleFile = "model.safetensors";

    private readonly List<IWeightFile> _files = [];
    private readonly Dictionary<string, TensorView> _tensors = new(StringComparer.Ordinal);

    private WeightFiles()
    {
    }

    public IReadOnlyList<IWeightFile> Files => _files;

    /// <summary>By the name in the file; integers are joined with their scales.</summary>
    public IReadOnlyDictionary<string, TensorView> Tensors => _tensors;

    /// <summary>The file an error about a missing tensor names.</summary>
    public string Label { get; private set; } = ShardIndex.FileName;

    public static WeightFiles Open(string folder)
    {
        var files = new WeightFiles();
        try
        {
            if (File.Exists(Path.Combine(folder, SingleFile)))
                files.OpenSingle(folder);
            else if (File.Exists(Path.Combine(folder, ShardIndex.FileName)))
                files.OpenShards(folder, ShardIndex.Read(folder));
            else
                throw new CheckpointException(folder, null, HasPickles(folder)
                    ? "only pickled weights found (.bin, .pt, .pth, .ckpt), which can run code when loaded: convert them to safetensors"
                    : $"neither {SingleFile} nor {ShardIndex.FileName} found");
            GroupedTensors.Join(files._tensors);
            return files;
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    /// <summary>Files whose tensors have names of their own, given what they are called here.</summary>
    public static WeightFiles Of(IReadOnlyList<IWeightFile> opened, IEnumerable<TensorView> tensors)
    {
        var files = new WeightFiles { Label = opened[0].Name };
        files._files.AddRange(opened);
        foreach (var tensor in tensors)
            files._tensors.Add(tensor.Name, tensor);
        return files;
    }

    public void Dispose()
    {
        foreach (var file in _files)
            file.Dispose();
    }

    private void OpenSingle(string folder)
    {
        Label = SingleFile;
        _files.Add(SafetensorsFile.Open(Path.Combine(folder, SingleFile)));
        foreach (var tensor in _files[0].Tensors)
            _tensors.Add(tensor.Name, tensor);
    }

    private void OpenShards(string folder, Dictionary<string, string> index)
    {
        foreach (var group in index.GroupBy(e => e.Value, e => e.Key).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var shard = group.Key;
            var path = Path.Combine(folder, shard);
            if (!File.Exists(path))
                throw new CheckpointException(
                    shard, null,
                    $"the shard is missing; {ShardIndex.FileName} puts '{CheckpointException.Printable(group.First())}' there");
            _files.Add(SafetensorsFile.Open(path));
        }
        if (_files.Count == 1)
            Label = _files[0].Name;
        var byName = _files.ToDictionary(
            f => f.Name, f => f.Tensors.ToDictionary(t => t.Name, StringComparer.Ordinal), StringComparer.Ordinal);
        foreach (var (name, shard) in index)
        {
            _tensors.Add(name, byName[shard].TryGetValue(name, out var tensor)
                ? tensor
                : throw new CheckpointException(shard, name, $"the tensor is missing; {ShardIndex.FileName} puts it there"));
        }
        foreach (var tensor in _files.SelectMany(f => f.Tensors).Where(t => !index.ContainsKey(t.Name)))
        {
            if (!_tensors.TryAdd(tensor.Name, tensor))
                throw new CheckpointException(
                    tensor.FileName, tensor.Name,
                    $"the tensor is in {_tensors[tensor.Name].FileName} too, and {ShardIndex.FileName} does not say which counts");
        }
    }

    private static bool HasPickles(string folder) =>
        Directory.EnumerateFiles(folder).Any(f => Path.GetExtension(f) is ".bin" or ".pt" or ".pth" or ".ckpt");
}
