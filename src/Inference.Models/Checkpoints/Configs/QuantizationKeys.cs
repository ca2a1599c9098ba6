using Inference.Compute;

namespace Inference.Models.Checkpoints;

/// <summary>
/// The <c>quantization_config</c> of folders whose weights are integers in groups. Tensors tell their formats themselves; the object keeps
/// other programs from taking integers for weights, and is checked for what tensors cannot tell.
/// </summary>
internal static class QuantizationKeys
{
    public const string Key = "quantization_config";
    public const string MethodKey = "quant_method";
    public const string Method = "glassbox";
    public const string VersionKey = "version";
    public const int Version = 1;
    public const string GroupSizeKey = "group_size";

    /// <summary>Whether a key is such an object; one of another program is not.</summary>
    /// <exception cref="CheckpointException">A newer version or another size of groups.</exception>
    public static bool IsUnderstood(ConfigSection section, string key)
    {
        if (key != Key || section.Section(key) is not { } own || own.String(MethodKey) != Method)
            return false;
        _ = own.Int(VersionKey, Version, Version, Version);
        _ = own.Int(GroupSizeKey, GroupEncoder.GroupSize, GroupEncoder.GroupSize, GroupEncoder.GroupSize);
        return true;
    }
}
