using Inference.Compute;
using Inference.Decoding.Probes;
using Inference.Models.Decoders;

namespace Inference.Engine.Probes;

/// <summary>The probes of a model: their vectors on the device, and the plans of requests that name some of them.</summary>
internal sealed class ProbeBank : IDisposable
{
    private readonly IReadOnlyList<Probe> _probes;
    private readonly int[] _firstVector;

    public ProbeBank(IBackend backend, IReadOnlyList<Probe> probes, DecoderShape shape)
    {
        _probes = probes;
        _firstVector = new int[probes.Count];
        List<ReadOnlyMemory<float>> vectors = [];
        for (var i = 0; i < probes.Count; i++)
        {
            probes[i].Check();
            probes[i].CheckShape(shape.Width, shape.Layers);
            _firstVector[i] = vectors.Count;
            vectors.AddRange(probes[i].Terms.Select(term => term.Weights));
        }

        Vectors = new ProbeVectors(backend, vectors, shape.Width);
    }

    public ProbeVectors Vectors { get; }

    /// <summary>What to read for a request; null where it names no probe.</summary>
    /// <exception cref="ArgumentException">A probe is not one of the model's, or named twice.</exception>
    public ProbeReading? Read(IReadOnlyList<Probe> wanted)
    {
        if (wanted.Count == 0)
        {
            return null;
        }

        List<ProbePlanTerm> terms = [];
        for (var score = 0; score < wanted.Count; score++)
        {
            var index = IndexOf(wanted[score]);
            if (index < 0 || wanted.Take(score).Contains(wanted[score]))
            {
                throw new ArgumentException($"Different probes of the model were expected, found '{wanted[score].Name}'.", nameof(wanted));
            }

            for (var t = 0; t < wanted[score].Terms.Count; t++)
            {
                terms.Add(new ProbePlanTerm(wanted[score].Terms[t].Layer, _firstVector[index] + t, score));
            }
        }

        return new ProbeReading(wanted, new ProbePlan(terms, wanted.Count));
    }

    private int IndexOf(Probe probe)
    {
        for (var i = 0; i < _probes.Count; i++)
        {
            if (ReferenceEquals(_probes[i], probe))
            {
                return i;
            }
        }

        return -1;
    }

    /// <inheritdoc/>
    public void Dispose() => Vectors.Dispose();
}
