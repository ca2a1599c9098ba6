namespace Inference.Engine.Scheduling;

/// <summary>One sequence's part of a step: <see cref="Rows"/> rows from batch row <see cref="FirstRow"/> on, outputs from <see cref="FirstOutput"/> on.</summary>
internal readonly record struct StepEntry(Sequence Sequence, int FirstRow, int Rows, int FirstPosition, int FirstOutput, int Outputs)
{
    /// <summary>Whether the last output is to be sampled: the row is the last of the prompt, or a generated token.</summary>
    public bool Samples => Outputs > 0 && FirstPosition + Rows >= Sequence.Prompt.InputIds.Length;
}
