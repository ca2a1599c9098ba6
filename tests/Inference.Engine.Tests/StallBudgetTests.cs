using System.Diagnostics;
using Inference.Engine.Scheduling;

namespace Inference.Engine.Tests;

/// <summary>How much of prompts goes beside streams follows from what was measured.</summary>
public sealed class StallBudgetTests
{
    [Fact]
    public void Prompts_take_as_long_as_the_stall_allows_and_no_less_than_a_chunk()
    {
        var budget = new StallBudget(2);
        Assert.Equal(0, budget.Rows);
        budget.OnStep(decoding: 2, rows: 2, Ago(0.040));
        Assert.Equal(16, budget.Rows);
        // A hundred rows take 0.2 s beside what decoding takes: 40 rows take twice the time of decoding.
        budget.OnStep(decoding: 2, rows: 102, Ago(0.240));
        Assert.InRange(budget.Rows, 37, 41);
        budget.OnBlocks(4, Ago(0.040));
        Assert.InRange(budget.Rows, 17, 21);
        Assert.InRange(budget.Blocks, 7, 8);
        budget.OnBlocks(4, Ago(4));
        Assert.Equal(16, budget.Rows);
        Assert.Equal(1, budget.Blocks);
    }

    [Fact]
    public void Now_and_then_a_step_goes_without_prompts_to_see_what_it_takes()
    {
        var budget = new StallBudget(2);
        budget.OnStep(1, 1, Ago(0.01));
        var mixed = 0;
        for (; budget.Rows > 0; mixed++)
        {
            budget.OnStep(1, 33, Ago(0.02));
        }

        Assert.InRange(mixed, 8, 256);
        budget.OnStep(1, 1, Ago(0.01));
        Assert.True(budget.Rows > 0);
    }

    private static long Ago(double seconds) => Stopwatch.GetTimestamp() - (long)(seconds * Stopwatch.Frequency);
}
