namespace Inference.Decoding.Pruning;

/// <summary>A rule from which the stages of a plan follow once the number of blocks is known.</summary>
public abstract record PruningSchedule
{
    /// <summary>Stages of a schedule that does not say how many.</summary>
    public const int DefaultStages = 3;

    /// <summary>The stages for a decoder.</summary>
    /// <param name="layers">Its blocks, L.</param>
    /// <exception cref="PruningException">The schedule does not fit that many blocks, or is none at all.</exception>
    public abstract IReadOnlyList<PruningStage> Resolve(int layers);

    /// <summary>Checks what does not depend on the model.</summary>
    /// <exception cref="PruningException">A number is out of range.</exception>
    public abstract void Check();

    /// <summary>Checks a number of stages; <paramref name="layers"/> is null where the model is not known.</summary>
    private protected static void CheckStages(string field, int stages, int? layers)
    {
        if (stages < 1 || stages > (layers ?? int.MaxValue) - 1)
        {
            var allowed = layers switch
            {
                null => "1 or more",
                < 2 => "none: the model has a single block",
                _ => $"1 to {layers - 1}: the model has {layers} blocks",
            };
            throw new PruningException($"{field}.stages", $"{stages}", allowed);
        }
    }
}
