using Inference.Compute;
using Inference.Engine.Kv;

namespace Inference.Engine.Scheduling;

/// <summary>Whether a sequence had better wait for rows that it begins with: computed once is enough.</summary>
internal static class AwaitedPrefix
{
    // Fewer rows than this are computed sooner than waited for.
    private const int WorthWaiting = KvGeometry.PageSize / 2;

    /// <summary>Whether a running sequence is about to compute rows that this one can take over.</summary>
    public static bool IsBeingComputed(Sequence sequence, List<Sequence> running, KvMemory memory)
    {
        if (!memory.SharesPrefixes || sequence.IsTraced)
        {
            return false;
        }

        var (has, will) = (0, 0);
        foreach (var other in running)
        {
            has = Math.Max(has, other.Rows.Shared(sequence.Rows, other.Rows.Filled));
            if (!other.IsPrefilled && !other.IsPaused && !other.IsOutOfTurn)
            {
                var promised = other.Rows.Shared(sequence.Rows, other.Rows.PromptRows);
                // Text in front of an image is not waited for until the image is encoded.
                will = other.PendingImage() is null || promised > other.Prompt.Images[0].Start ? Math.Max(will, promised) : will;
            }
        }

        return will - has >= WorthWaiting && will - memory.Cached(sequence.Rows) >= WorthWaiting;
    }
}
