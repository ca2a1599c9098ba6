using System.Runtime.CompilerServices;

namespace Inference.Compute.Cpu;

/// <summary>Scores of one query row against many key rows, all heads.</summary>
internal static unsafe class AttentionScores
{
    // Keys that are laid side by side, so that the sixteen lanes hold one element of each.
    private const int BlockKeys = ScalarSums.Lanes;

    /// <summary>q: [1, heads × headDim], k: [keys, kvHeads × headDim], y: [heads, keys].</summary>
    public static void Run(ThreadTeam team, Scratch scratch, VectorWidth width, RowView q, RowView k, int headDim, float scale, RowView y)
    {
        var job = new Job { Q = q.Row(0), K = k, Y = y, HeadDim = headDim, Scale = scale, KvHeads = k.Columns / headDim };
        job.Group = q.Columns / k.Columns;
        job.Blocks = (k.Rows + BlockKeys - 1) / BlockKeys;
        job.Parts = Partition.Parts(job.Blocks, (long)BlockKeys * q.Columns, team.Count);
        job.Scratch = scratch.PerWorker((long)headDim * BlockKeys * sizeof(float));
        job.ScratchStride = scratch.Stride;
        job.Block = width switch
        {
            VectorWidth.Vector512 => &Block<Lanes512>,
            VectorWidth.Vector256 => &Block<Lanes256>,
            VectorWidth.Vector128 => &Block<Lanes128>,
            _ => &ScalarBlock,
        };
        team.Run(job.Parts, &Part, &job);
    }

    /// <summary>One block of keys as plain loops; needs no scratch.</summary>
    public static void ScalarBlock(Job* job, int first, int count, float* scratch)
    {
        for (var head = 0; head < job->Y.Rows; head++)
        {
            var q = job->Q + (head * job->HeadDim);
            for (var i = first; i < first + count; i++)
            {
                var key = job->K.Row(i) + (head / job->Group * job->HeadDim);
                var score = 0f;
                for (var d = 0; d < job->HeadDim; d++)
                    score = MathF.FusedMultiplyAdd(q[d], key[d], score);
                job->Y.Row(head)[i] = score * job->Scale;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Block<T>(Job* job, int first, int count, float* scratch)
        where T : unmanaged, ISimd<T>
    {
        var scale = T.Broadcast(job->Scale);
        var scores = stackalloc float[BlockKeys];
        for (var kvHead = 0; kvHead < job->KvHeads; kvHead++)
        {
            Transpose(job, first, count, kvHead, scratch);
            for (var head = kvHead * job->Group; head < (kvHead + 1) * job->Group; head++)
            {
                var q = job->Q + (head * job->HeadDim);
                var y = job->Y.Row(head) + first;
                var sum = T.Broadcast(0f);
                for (var d = 0; d < job->HeadDim; d++)
                    sum = T.FusedMultiplyAdd(T.Broadcast(q[d]), T.Load(scratch + (d * BlockKeys)), sum);
                T.Store(sum * scale, scores);
                new ReadOnlySpan<float>(scores, count).CopyTo(new Span<float>(y, count));
            }
        }
    }

    // scratch: [headDim, BlockKeys]; missing keys are zero.
    private static void Transpose(Job* job, int first, int count, int kvHead, float* scratch)
    {
        if (count < BlockKeys)
            new Span<float>(scratch, job->HeadDim * BlockKeys).Clear();
        for (var i = 0; i < count; i++)
        {
            var key = job->K.Row(first + i) + (kvHead * job->HeadDim);
            for (var d = 0; d < job->HeadDim; d++)
                scratch[(d * BlockKeys) + i] = key[d];
        }
    }

    private static void Part(void* argument, int part, int worker)
    {
        var job = (Job*)argument;
        var scratch = (float*)(job->Scratch + (worker * job->ScratchStride));
        var end = Partition.Start(job->Blocks, job->Parts, part + 1);
        for (var block = Partition.Start(job->Blocks, job->Parts, part); block < end; block++)
        {
            var first = block * BlockKeys;
            job->Block(job, first, Math.Min(BlockKeys, job->K.Rows - first), scratch);
        }
    }

    /// <summary>What the parts share.</summary>
    internal struct Job
    {
        public float* Q;
        public RowView K;
        public RowView Y;
        public int HeadDim;
        public float Scale;
        public int KvHeads;
        public int Group;
        public int Blocks;
        public int Parts;
        public byte* Scratch;
        public long ScratchStride;
        public delegate*<Job*, int, int, float*, void> Block;
    }
}
