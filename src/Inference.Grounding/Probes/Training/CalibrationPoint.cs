namespace Inference.Grounding.Probes.Training;

/// <summary>A held-out logit with its label and how many examples it stands for.</summary>
internal readonly record struct CalibrationPoint(float Logit, bool IsPositive, double Weight);
