namespace Inference.Models.Checkpoints;

/// <summary>
/// Reads rope_parameters, or the older rope_theta and rope_scaling, with the precedence of the transformers library: a non-empty
/// rope_scaling before rope_parameters, their rope_theta before the decoder's, rope_type before type.
/// </summary>
internal static class RopeConfigReader
{
    private const double DefaultTheta = 10_000;

    public static RopeConfig Read(ConfigSection text, int maxPositions)
    {
        var theta = text.Double("rope_theta", DefaultTheta, 1e-3, 1e12);
        var parameters = text.Section("rope_parameters");
        var scaling = text.Section("rope_scaling");
        var rope = scaling is not null && scaling.Unread().Any() ? scaling : parameters;
        if (rope is null)
            return new() { Theta = theta };

        var type = rope.String("rope_type");
        var olderType = rope.String("type");
        var named = (type ?? olderType) ?? "default";
        var config = new RopeConfig
        {
            Theta = rope.Double("rope_theta", theta, 1e-3, 1e12),
            Kind = named switch
            {
                "default" => RopeKind.Default,
                "linear" => RopeKind.Linear,
                "llama3" => RopeKind.Llama3,
                _ => throw rope.Error(
                    type is null ? "type" : "rope_type",
                    $"'{CheckpointException.Printable(named)}' found; default, linear and llama3 are supported"),
            },
        };
        config = config.Kind switch
        {
            RopeKind.Linear => config with { Factor = Factor(rope) },
            RopeKind.Llama3 => Llama3(config, text, rope, maxPositions),
            _ => Plain(config, rope),
        };
        CheckRest(rope);
        return config;
    }

    private static RopeConfig Llama3(RopeConfig config, ConfigSection text, ConfigSection rope, int maxPositions)
    {
        // A key beside rope_scaling wins over the one inside; without either the model's own context counts.
        var original = text.Value("original_max_position_embeddings") is not null ? text : rope;
        var low = rope.RequiredDouble("low_freq_factor", 1e-6, 1e6);
        var high = rope.RequiredDouble("high_freq_factor", 1e-6, 1e6);
        if (high <= low)
            throw rope.Error("high_freq_factor", $"{high} found; it must exceed low_freq_factor, which is {low}");
        return config with
        {
            Factor = Factor(rope),
            LowFreqFactor = low,
            HighFreqFactor = high,
            OriginalMaxPositionEmbeddings = original.Double("original_max_position_embeddings", maxPositions, 1, ConfigLimits.Size),
        };
    }

    private static RopeConfig Plain(RopeConfig config, ConfigSection rope)
    {
        if (rope.Double("factor", 1, 0, 1e6) is not 1 and var factor)
            throw rope.Error("factor", $"{factor} found, but rope_type is default, which scales nothing; linear and llama3 take a factor");
        return config;
    }

    private static double Factor(ConfigSection rope) => rope.RequiredDouble("factor", 1e-3, 1e6);

    private static void CheckRest(ConfigSection rope)
    {
        foreach (var key in (ReadOnlySpan<string>)["low_freq_factor", "high_freq_factor", "original_max_position_embeddings"])
            rope.Ignore(key);
        if (rope.Value("partial_rotary_factor") is { } partial && rope.Double("partial_rotary_factor", 1, 0, 1) != 1)
            throw rope.Found("partial_rotary_factor", partial, "rotating a part of each head is not implemented; only 1 is supported");
        foreach (var key in rope.Unread())
        {
            if (rope.Peek(key) is { } value)
                throw rope.Found(key, value, "this is not implemented; rope_theta, rope_type, factor and the llama3 keys are");
        }
    }
}
