namespace Inference.Engine.Scheduling;

/// <summary>
/// How much of prompts and images goes between two tokens of those who stream: as long as <see cref="EngineOptions.StreamStall"/> times a
/// step that only decodes. Measured on the way; results never depend on how prompts are cut.
/// </summary>
internal sealed class StallBudget(double stall, TimeProvider time)
{
    // A prompt always goes on, and a chunk this small costs less than a token: a step reads all weights anyway. With integer weights 16 rows
    // would take longer than the budget.
    private const int LeastRows = 8;
    private const double Weight = 0.2;

    // Steps with prompts in them after which one goes without, to see what that takes.
    private const int StepsBetweenLooks = 32;

    private int _since = StepsBetweenLooks;
    private double _decode;
    private double _row;
    private double _encoding;
    private double _slice;

    /// <summary>When something begins that is measured.</summary>
    public long Now => time.GetTimestamp();

    /// <summary>Slices of the vision tower that may run before the next step.</summary>
    public int Slices => _decode == 0 || _slice == 0 ? 1 : Math.Max(1, (int)(stall * _decode / _slice));

    /// <summary>Rows of prompts that may go into a step beside those that decode.</summary>
    public int Rows => _since >= StepsBetweenLooks ? 0
        : _row == 0 ? LeastRows
        : (int)Math.Clamp(((stall * _decode) - _encoding) / _row, LeastRows, int.MaxValue);

    /// <summary>Slices of the tower have run.</summary>
    public void OnSlices(int slices, long start)
    {
        _encoding = Seconds(start);
        Learn(ref _slice, _encoding / slices);
    }

    /// <summary>A step has run to its end: one that failed tells nothing of what rows take.</summary>
    /// <param name="decoding">Rows of sequences that stream.</param>
    /// <param name="rows">All rows.</param>
    /// <param name="start">When it began.</param>
    public void OnStep(int decoding, int rows, long start)
    {
        var seconds = Seconds(start);
        if (rows == decoding)
        {
            Learn(ref _decode, seconds);
            _since = 0;
        }
        else
        {
            _since += decoding > 0 ? 1 : 0;
            if (rows - decoding >= LeastRows)
            {
                Learn(ref _row, Math.Max(seconds - (decoding > 0 ? _decode : 0), 0) / (rows - decoding));
            }
        }

        _encoding = 0;
    }

    private double Seconds(long start) => time.GetElapsedTime(start).TotalSeconds;

    private static void Learn(ref double known, double seen) => known = known == 0 ? seen : known + (Weight * (seen - known));
}
