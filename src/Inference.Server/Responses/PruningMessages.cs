using Glassbox.V1;
using PruningUsage = Glassbox.V1.PruningUsage;

namespace Inference.Server.Responses;

/// <summary>What dropping image tokens came to.</summary>
internal static class PruningMessages
{
    public static PruningUsage Of(Engine.PruningUsage usage, bool withKept)
    {
        var message = new PruningUsage
        {
            KeptTokens = { usage.KeptTokens.Select(count => (uint)count) },
            KvBytesSaved = (ulong)usage.KvBytesSaved,
            RankingTime = EventMessages.Ran(usage.RankingTime),
        };
        if (usage.EncodedTokens is { } encoded)
        {
            message.EncodedTokens = (uint)encoded;
        }

        if (!withKept)
        {
            return message;
        }

        if (usage.ChosenRows.Count > 0)
        {
            message.Kept.Add(Kept(usage.ChosenRows));
        }

        for (var stage = 0; stage < usage.KeptRows.Count; stage++)
        {
            var kept = Kept(usage.KeptRows[stage]);
            kept.Stage = (uint)stage;
            message.Kept.Add(kept);
        }

        return message;
    }

    private static KeptTokens Kept(IReadOnlyList<int> rows) => new() { Offsets = { rows.Select(row => (uint)row) } };
}
