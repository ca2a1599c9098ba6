namespace Inference.Compute.Cpu;

/// <summary>Copies rows, with row numbers from lists where given.</summary>
internal static unsafe class CopyRows
{
    /// <summary>destination[destinationRows[i]] = source[sourceRows[i]]; a null list is 0, 1, 2, …</summary>
    public static void Run(ThreadTeam team, RowView source, int* sourceRows, RowView destination, int* destinationRows, int count)
    {
        var job = new Job { Source = source, Destination = destination, Count = count };
        job.SourceRows = sourceRows;
        job.DestinationRows = destinationRows;
        job.Parts = Partition.Parts(count, source.Columns, team.Count);
        team.Run(job.Parts, &Part, &job);
    }

    private static void Part(void* argument, int part, int worker)
    {
        var job = (Job*)argument;
        var columns = job->Source.Columns;
        var end = Partition.Start(job->Count, job->Parts, part + 1);
        for (var i = Partition.Start(job->Count, job->Parts, part); i < end; i++)
        {
            var from = job->Source.Row(job->SourceRows is null ? i : job->SourceRows[i]);
            var to = job->Destination.Row(job->DestinationRows is null ? i : job->DestinationRows[i]);
            new ReadOnlySpan<float>(from, columns).CopyTo(new Span<float>(to, columns));
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
    }
}
