using Inference.Decoding.Speculation;
using Inference.Engine.Kv;

namespace Inference.Engine.Speculation;

/// <summary>The guesses of one sequence. They stand behind its known rows until the model has said what comes there.</summary>
internal sealed class Drafting
{
    private readonly NgramDrafter _drafter;
    private readonly int[] _drafts;
    private int _drafted;
    private int _accepted;

    public Drafting(GenerationRequest request, SpeculationOptions options)
    {
        _drafter = new NgramDrafter(request.Prompt.InputIds.Length + request.Sampling.MaxTokens);
        _drafts = new int[options.DraftTokens];
        foreach (var token in request.Prompt.InputIds)
        {
            _drafter.Append(token);
        }
    }

    /// <summary>Guesses that the next step checks.</summary>
    public int Count { get; private set; }

    /// <summary>What it came to so far.</summary>
    public SpeculationUsage Usage => new(_drafted, _accepted);

    /// <summary>A token was generated.</summary>
    public void Append(int token) => _drafter.Append(token);

    /// <summary>Guesses up to <paramref name="most"/> tokens.</summary>
    public void Draft(KvRows rows, int most)
    {
        Count = most <= 0 ? 0 : _drafter.Draft(_drafts.AsSpan(0, Math.Min(most, _drafts.Length)));
        rows.Propose(_drafts.AsSpan(0, Count));
    }

    /// <summary>Checks fewer of them, or none.</summary>
    public void Limit(int most) => Count = Math.Min(Count, Math.Max(0, most));

    /// <summary>The guess for the token behind <paramref name="index"/> others of this step, or null behind the last.</summary>
    public int? At(int index) => index < Count ? _drafts[index] : null;

    /// <summary>The step is over.</summary>
    /// <param name="accepted">Guesses that were right.</param>
    public void Settle(int accepted)
    {
        _drafted += Count;
        _accepted += accepted;
        Count = 0;
    }
}
