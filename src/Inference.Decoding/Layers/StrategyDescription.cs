using Inference.Decoding.Layers.Settings;

namespace Inference.Decoding.Layers;

/// <summary>A strategy as users see it.</summary>
/// <param name="Name">Its name in requests.</param>
/// <param name="Summary">What it does, in a sentence.</param>
/// <param name="Paper">Where it comes from.</param>
/// <param name="Settings">Its settings.</param>
public sealed record StrategyDescription(string Name, string Summary, string Paper, IReadOnlyList<StrategySetting> Settings);
