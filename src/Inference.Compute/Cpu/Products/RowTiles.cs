namespace Inference.Compute.Cpu;

/// <summary>Hands the rows of a left factor to the threads of a team in tiles; only the last tile may be short.</summary>
internal static unsafe class RowTiles
{
    /// <summary>Has every tile made.</summary>
    /// <param name="team">Who makes them.</param>
    /// <param name="x">The rows.</param>
    /// <param name="tileRows">Rows of a whole tile.</param>
    /// <param name="make">Makes one tile: <paramref name="argument"/>, its first row, its number of rows.</param>
    /// <param name="argument">What <paramref name="make"/> needs besides.</param>
    public static void Run(ThreadTeam team, RowView x, int tileRows, delegate*<void*, int, int, void> make, void* argument)
    {
        var tiles = (x.Rows + tileRows - 1) / tileRows;
        var job = new Job { Rows = x.Rows, TileRows = tileRows, Tiles = tiles, Make = make, Argument = argument };
        job.Parts = Partition.Parts(tiles, (long)tileRows * x.Columns, team.Count);
        team.Run(job.Parts, &Part, &job);
    }

    private static void Part(void* argument, int part, int worker)
    {
        var job = (Job*)argument;
        var end = Partition.Start(job->Tiles, job->Parts, part + 1);
        for (var tile = Partition.Start(job->Tiles, job->Parts, part); tile < end; tile++)
        {
            var first = tile * job->TileRows;
            job->Make(job->Argument, first, Math.Min(job->TileRows, job->Rows - first));
        }
    }

    private struct Job
    {
        public int Rows;
        public int TileRows;
        public int Tiles;
        public int Parts;
        public delegate*<void*, int, int, void> Make;
        public void* Argument;
    }
}
