namespace Inference.Compute.Cpu;

/// <summary>Copies and sums of rows, copies with row numbers from index lists where given.</summary>
internal static unsafe class RowMoves
{
    /// <summary>destination[destinationRows[i]] = source[sourceRows[i]]; a null list is 0, 1, 2, …</summary>
    public static void Copy(ThreadTeam team, RowView source, int* sourceRows, RowView destination, int* destinationRows, int count) =>
        Run(team, source, sourceRows, destination, destinationRows, count, &CopyPart);

    /// <summary>destination += source, row by row.</summary>
    public static void Add(ThreadTeam team, RowView source, RowView destination) =>
        Run(team, source, null, destination, null, destination.Rows, &AddPart);

    private static void Run(
        ThreadTeam team, RowView source, int* sourceRows, RowView destination, int* destinationRows, int count, delegate*<void*, int, int, void> body)
    {
        var job = new Job { Source = source, SourceRows = sourceRows, Destination = destination, DestinationRows = destinationRows, Count = count };
        job.Parts = Partition.Parts(count, source.Columns, team.Count);
        team.Run(job.Parts, body, &job);
    }

    private static void CopyPart(void* argument, int part, int worker)
    {
        var job = (Job*)argument;
        var end = Partition.Start(job->Count, job->Parts, part + 1);
        for (var i = Partition.Start(job->Count, job->Parts, part); i < end; i++)
            new ReadOnlySpan<float>(job->From(i), job->Source.Columns).CopyTo(new Span<float>(job->To(i), job->Source.Columns));
    }

    private static void AddPart(void* argument, int part, int worker)
    {
        var job = (Job*)argument;
        var end = Partition.Start(job->Count, job->Parts, part + 1);
        for (var i = Partition.Start(job->Count, job->Parts, part); i < end; i++)
        {
            var x = job->From(i);
            var y = job->To(i);
            for (var column = 0; column < job->Source.Columns; column++)
                y[column] += x[column];
        }
    }

    private struct Job
    {
        public RowView Source;
        public RowView Destination;
        public int* SourceRows;
        public int* DestinationRows;
        public int Count;
        public int Parts;

        public readonly float* From(int i) => Source.Row(SourceRows is null ? i : SourceRows[i]);

        public readonly float* To(int i) => Destination.Row(DestinationRows is null ? i : DestinationRows[i]);
    }
}
