namespace Inference.Models.Decoders;

/// <summary>Consecutive rows of one sequence in a step, and the groups of blocks they go through.</summary>
internal readonly record struct StepSegment(IKvPages Pages, int FirstRow, int Rows, int FirstGroup, int Groups);
