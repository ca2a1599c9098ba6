using System.Runtime.InteropServices;
using Inference.Models.Checkpoints;

namespace Inference.Grounding.Probes.Data;

/// <summary>
/// Writes collected answers: answers.jsonl with a line for each, hidden states in shards of bounded size. The folder counts as data once
/// <see cref="Complete"/> has written data.json.
/// </summary>
public sealed class ProbeDataWriter : IDisposable
{
    /// <summary>Name of the file with the answers.</summary>
    internal const string AnswersName = "answers.jsonl";

    private const long ShardBytes = 64L << 20;

    private readonly string _folder;
    private readonly ProbeDataInfo _info;
    private readonly bool _isHalf;
    private readonly StreamWriter _answers;
    private readonly List<float[]>[] _hidden;
    private readonly List<long> _tokens = [];
    private readonly List<float> _logprobs = [];
    private readonly List<float> _entropies = [];
    private readonly int _shardRows;
    private int _shard;

    /// <summary>Begins a folder.</summary>
    /// <param name="folder">Made if it is not there; must hold no data yet.</param>
    /// <param name="info">What it will hold.</param>
    /// <param name="isHalf">Hidden states as bfloat16, rounded to the nearest, instead of float32.</param>
    /// <exception cref="IOException">The folder holds data already.</exception>
    public ProbeDataWriter(string folder, ProbeDataInfo info, bool isHalf)
    {
        (_folder, _info, _isHalf) = (folder, info, isHalf);
        Directory.CreateDirectory(folder);
        if (File.Exists(Path.Combine(folder, ProbeDataInfo.FileName)))
        {
            throw new IOException($"{folder} holds collected answers already; choose another folder or delete it");
        }

        _answers = new StreamWriter(Path.Combine(folder, AnswersName)) { NewLine = "\n" };
        _hidden = [.. info.Layers.Select(_ => new List<float[]>())];
        _shardRows = (int)Math.Max(1, ShardBytes / ((long)info.Layers.Count * info.Width * ProbeShard.Dtype(isHalf).ItemSize()));
    }

    /// <summary>Answers written.</summary>
    public int Answers { get; private set; }

    /// <summary>Tokens written.</summary>
    public int Tokens { get; private set; }

    /// <summary>Labelled spans written, and how many of them are hallucinated.</summary>
    public (int All, int Hallucinated) Spans { get; private set; }

    /// <summary>Adds an answer.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="hidden">Of each layer of the folder, [tokens, width].</param>
    public void Add(ProbeAnswer answer, IReadOnlyList<float[]> hidden)
    {
        if (_tokens.Count + answer.Tokens.Count > _shardRows && _tokens.Count > 0)
        {
            Flush();
        }

        _answers.WriteLine(AnswerLine.Write(answer, _shard, _tokens.Count));
        _tokens.AddRange(answer.Tokens.Select(token => (long)token));
        _logprobs.AddRange(answer.Logprobs);
        _entropies.AddRange(answer.Entropies);
        for (var i = 0; i < _hidden.Length; i++)
        {
            ArgumentOutOfRangeException.ThrowIfNotEqual(hidden[i].Length, answer.Tokens.Count * _info.Width, nameof(hidden));
            _hidden[i].Add(hidden[i]);
        }

        Answers++;
        Tokens += answer.Tokens.Count;
        Spans = (Spans.All + answer.Spans.Count, Spans.Hallucinated + answer.Spans.Count(span => span.IsHallucinated));
    }

    /// <summary>Writes what is left.</summary>
    public void Complete()
    {
        Flush();
        _answers.Flush();
        _info.Write(_folder);
    }

    private void Flush()
    {
        using var file = new SafetensorsWriter(Path.Combine(_folder, ProbeShard.FileName(_shard++)));
        file.Declare(ProbeShard.Tokens, TensorDtype.I64, _tokens.Count);
        file.Declare(ProbeShard.Logprobs, TensorDtype.F32, _tokens.Count);
        file.Declare(ProbeShard.Entropies, TensorDtype.F32, _tokens.Count);
        foreach (var layer in _info.Layers)
        {
            file.Declare(ProbeShard.Hidden(layer), ProbeShard.Dtype(_isHalf), _tokens.Count, _info.Width);
        }

        file.Write(ProbeShard.Tokens, CollectionsMarshal.AsSpan(_tokens));
        file.Write(ProbeShard.Logprobs, CollectionsMarshal.AsSpan(_logprobs));
        file.Write(ProbeShard.Entropies, CollectionsMarshal.AsSpan(_entropies));
        for (var i = 0; i < _hidden.Length; i++)
        {
            WriteHidden(file, ProbeShard.Hidden(_info.Layers[i]), _hidden[i]);
            _hidden[i].Clear();
        }

        file.Complete();
        _tokens.Clear();
        _logprobs.Clear();
        _entropies.Clear();
    }

    private void WriteHidden(SafetensorsWriter file, string name, List<float[]> parts)
    {
        foreach (var part in parts)
        {
            if (_isHalf)
            {
                file.WriteBytes(name, MemoryMarshal.AsBytes<ushort>(Array.ConvertAll(part, Rounded)));
            }
            else
            {
                file.Write(name, part);
            }
        }
    }

    // bfloat16 is the upper half of a float32; ties go to the even neighbour.
    private static ushort Rounded(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    /// <inheritdoc/>
    public void Dispose() => _answers.Dispose();
}
