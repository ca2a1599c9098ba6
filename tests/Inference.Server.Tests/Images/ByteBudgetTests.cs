using Inference.Server.Images;

namespace Inference.Server.Tests.Images;

public sealed class ByteBudgetTests
{
    [Fact]
    public async Task Those_who_wait_are_served_in_order_of_arrival()
    {
        var budget = new ByteBudget(100);
        Assert.Equal(80, await budget.TakeAsync(80, CancellationToken.None));
        var large = budget.TakeAsync(50, CancellationToken.None);
        var small = budget.TakeAsync(10, CancellationToken.None);
        Assert.False(large.IsCompleted);
        // There is room for the small one, but it came later; nobody starves.
        Assert.False(small.IsCompleted);
        Assert.False(budget.TryTake(1));
        budget.Return(80);
        Assert.Equal((50L, 10L), (await large, await small));
        Assert.True(budget.TryTake(40));
        Assert.False(budget.TryTake(1));
    }

    [Fact]
    public async Task What_needs_more_than_there_is_gets_all_of_it_alone()
    {
        var budget = new ByteBudget(100);
        Assert.Equal(100, await budget.TakeAsync(1000, CancellationToken.None));
        Assert.False(budget.TryTake(1));
    }

    [Fact]
    public async Task One_who_gives_up_leaves_no_gap()
    {
        var budget = new ByteBudget(100);
        await budget.TakeAsync(90, CancellationToken.None);
        using var source = new CancellationTokenSource();
        var impatient = budget.TakeAsync(50, source.Token);
        var next = budget.TakeAsync(10, CancellationToken.None);
        Assert.False(next.IsCompleted);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        Assert.Equal(10, await next);
        budget.Return(100);
        Assert.True(budget.TryTake(100));
    }
}
