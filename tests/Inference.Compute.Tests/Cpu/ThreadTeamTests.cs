using Inference.Compute.Cpu;

namespace Inference.Compute.Tests.Cpu;

public sealed unsafe class ThreadTeamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Every_part_runs_exactly_once(int threads)
    {
        using var team = new ThreadTeam(threads);
        var counts = stackalloc int[100];
        for (var round = 0; round < 3000; round++)
        {
            var parts = round % 100;
            team.Run(parts, &CountPart, counts);
            for (var part = 0; part < 100; part++)
            {
                Assert.Equal(part < parts ? 1 : 0, counts[part]);
                counts[part] = 0;
            }
        }
    }

    [Fact]
    public void Workers_that_fell_asleep_wake_up_and_a_late_one_does_no_harm()
    {
        using var team = new ThreadTeam(3);
        var counts = stackalloc int[8];
        for (var round = 1; round <= 40; round++)
        {
            // Longer than the team spins, so that it sleeps now and then.
            Thread.Sleep(round % 3);
            team.Run(8, &CountPart, counts);
            Assert.Equal(8 * round, new ReadOnlySpan<int>(counts, 8).ToArray().Sum());
        }
    }

    [Fact]
    public void Parts_are_shared_between_threads()
    {
        using var team = new ThreadTeam(2);
        var workers = stackalloc int[2];
        team.Run(2, &MeetOtherWorker, workers);
        Assert.Equal([1, 1], new ReadOnlySpan<int>(workers, 2).ToArray());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_failure_in_a_part_reaches_the_caller_after_the_others_have_finished(int threads)
    {
        using var team = new ThreadTeam(threads);
        var counts = stackalloc int[64];
        for (var round = 0; round < 50; round++)
        {
            var error = Throws(team, counts);
            Assert.Equal("part 63", error?.Message);
        }

        team.Run(64, &CountPart, counts);
        Assert.Equal(51, counts[0]);
        Assert.Equal(51, counts[62]);
    }

    [Fact]
    public void Work_inside_work_is_refused()
    {
        using var team = new ThreadTeam(2);
        var handle = System.Runtime.InteropServices.GCHandle.Alloc(team);
        try
        {
            var argument = System.Runtime.InteropServices.GCHandle.ToIntPtr(handle);
            InvalidOperationException? error = null;
            try
            {
                team.Run(1, &RunAgain, (void*)argument);
            }
            catch (InvalidOperationException caught)
            {
                error = caught;
            }

            Assert.Contains("one thread at a time", error?.Message, StringComparison.Ordinal);
        }
        finally
        {
            handle.Free();
        }
    }

    [Fact]
    public void A_disposed_team_refuses_work()
    {
        var team = new ThreadTeam(2);
        team.Dispose();
        Assert.Throws<ObjectDisposedException>(() => team.Run(1, &CountPart, null));
    }

    private static ArithmeticException? Throws(ThreadTeam team, int* counts)
    {
        try
        {
            team.Run(64, &CountOrFail, counts);
            return null;
        }
        catch (ArithmeticException error)
        {
            return error;
        }
    }

    private static void CountPart(void* argument, int part, int worker) => Interlocked.Increment(ref ((int*)argument)[part]);

    private static void CountOrFail(void* argument, int part, int worker)
    {
        if (part == 63)
            throw new ArithmeticException("part 63");
        CountPart(argument, part, worker);
    }

    private static void MeetOtherWorker(void* argument, int part, int worker)
    {
        var workers = (int*)argument;
        Volatile.Write(ref workers[worker], 1);
        var deadline = Environment.TickCount64 + 10_000;
        while (Volatile.Read(ref workers[1 - worker]) == 0 && Environment.TickCount64 < deadline)
            Thread.Yield();
    }

    private static void RunAgain(void* argument, int part, int worker)
    {
        var team = (ThreadTeam)System.Runtime.InteropServices.GCHandle.FromIntPtr((nint)argument).Target!;
        team.Run(1, &CountPart, null);
    }
}
