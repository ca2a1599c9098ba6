using Inference.Models.Checkpoints;

namespace Inference.Decoding.Probes;

/// <summary>The tensors of one level's scale in a file that is being written.</summary>
internal sealed class ProbeScaleTensors(string level, ProbeScale scale)
{
    private readonly float[] _calibration = scale.Calibration switch
    {
        PlattCalibration platt => [platt.Scale, platt.Offset],
        IsotonicCalibration isotonic => [.. isotonic.Knots.SelectMany(knot => new[] { knot.Logit, knot.Probability })],
        var other => throw new ProbeException($"{level}.calibration", other.Kind, "platt or isotonic"),
    };

    private readonly float[] _thresholds =
    [
        .. scale.Thresholds.SelectMany(threshold => new[] { threshold.FalsePositiveRate, threshold.Logit }),
    ];

    public ProbeScale Scale { get; } = scale;

    public string CalibrationKey { get; } = $"{level}.calibration";

    private string Calibration { get; } = $"{level}.{scale.Calibration.Kind}";

    private string Thresholds { get; } = $"{level}.thresholds";

    public void Declare(SafetensorsWriter writer)
    {
        if (Scale.Calibration is PlattCalibration)
        {
            writer.Declare(Calibration, TensorDtype.F32, 2);
        }
        else
        {
            writer.Declare(Calibration, TensorDtype.F32, _calibration.Length / 2, 2);
        }

        writer.Declare(Thresholds, TensorDtype.F32, Scale.Thresholds.Count, 2);
    }

    public void Write(SafetensorsWriter writer)
    {
        writer.Write(Calibration, _calibration);
        writer.Write(Thresholds, _thresholds);
    }
}
