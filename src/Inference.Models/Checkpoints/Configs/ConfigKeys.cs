namespace Inference.Models.Checkpoints;

/// <summary>
/// What is known about keys that no reader asks for. Those that change numbers are refused unless they hold the value that changes nothing;
/// those that change nothing are silent; all others are tolerated and reported in <see cref="ModelConfig.UnknownKeys"/>, because files
/// carry leftovers of many library versions.
/// </summary>
internal static partial class ConfigKeys
{
    /// <summary>Refuses number-changing keys of a section and adds the unknown ones to <paramref name="unknown"/>.</summary>
    public static void Check(ConfigSection section, List<string> unknown)
    {
        foreach (var (key, neutral) in Refused)
        {
            if (section.Value(key) is { } value && !neutral.Contains(value.GetRawText()) && !QuantizationKeys.IsUnderstood(section, key))
                throw section.Found(key, value, neutral.Length == 0
                    ? "this is not implemented; only its absence is supported"
                    : $"this is not implemented; only {string.Join(", ", neutral)} or its absence is supported");
        }
        foreach (var key in section.Unread())
        {
            if (!WithoutEffect.Contains(key))
                unknown.Add(section.KeyPath(CheckpointException.Printable(key)));
        }
    }
}
