using Inference.Engine.Pruning;

namespace Inference.Engine.Scheduling;

/// <content>How far its tokens have gone through the layers.</content>
internal sealed partial class Sequence
{
    /// <summary>
    /// The rows of a prompt that goes through the layers in stages; null once it has, and for one of which nothing is dropped.
    /// </summary>
    public PrunedPrompt? Pruned { get; private set; }

    /// <summary>Group of layers that a pruned prompt goes through, or went through last.</summary>
    public int Group { get; private set; }

    /// <summary>Rows of a pruned prompt that have gone through the layers of <see cref="Group"/>.</summary>
    public int Read { get; private set; }

    /// <summary>Rows of the prompt that go through the layers of <see cref="Group"/>.</summary>
    public int RowsOfGroup => Layout.Groups[Group].PromptRows;

    /// <summary>Whether <see cref="Group"/> ends with the last block.</summary>
    public bool IsInLastGroup => Group == Layout.Groups.Count - 1;

    /// <summary>Whether the whole prompt waits before the next group of layers.</summary>
    public bool AwaitsStage => Pruned is not null && !IsInLastGroup && Read == RowsOfGroup;

    /// <summary>Rows that are known and have not gone through all layers.</summary>
    public int Unread => Rows.Count - Rows.Filled;

    /// <summary>Tokens generated, those of the request's continuation included.</summary>
    public int Generated => Rows.Count - Rows.PromptRows;

    /// <summary>Whether the prompt has gone through all layers.</summary>
    public bool IsPrefilled => Rows.Filled >= Rows.PromptRows;

    /// <summary>Whether the next row is a generated token and gives the next one.</summary>
    public bool IsDecoding => IsPrefilled && Unread == 1;

    /// <summary>The prompt goes through the layers from the first on.</summary>
    public void Restart(PrunedPrompt? pruned)
    {
        Pruned?.Release();
        (Pruned, Group, Read) = (pruned, 0, 0);
    }

    /// <summary>Counts rows that a step has put into the cache.</summary>
    public void Advance(int rows)
    {
        IsSuspect = false;
        if (Pruned is null)
        {
            Rows.Filled += rows;
            return;
        }

        Read += rows;
        if (IsInLastGroup && Read == RowsOfGroup)
        {
            Rows.Filled = Rows.PromptRows;
            Pruned.Release();
            Pruned = null;
        }
    }

    /// <summary>The rows that remain go through the layers of the next group.</summary>
    public void PassStage(TimeSpan rankingTime)
    {
        (Group, Read) = (Group + 1, 0);
        _clock.OnRanked(rankingTime);
    }

    /// <summary>The first of the images that it has still to read and that is not encoded, or null.</summary>
    /// <param name="besides">Images not to name; null: none.</param>
    public EngineImage? PendingImage(List<EngineImage>? besides = null)
    {
        // By index: an enumerator of the interface would be allocated in every step.
        for (var i = 0; i < Prompt.Images.Count; i++)
        {
            var span = Prompt.Images[i];
            if (span.Start + span.Count > Rows.Filled && Request.Images[span.ImageIndex] is { Features: null } image
                && besides?.Contains(image) != true)
            {
                return image;
            }
        }

        return null;
    }
}
