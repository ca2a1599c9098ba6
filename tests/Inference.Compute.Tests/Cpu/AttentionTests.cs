using Inference.Compute.Cpu;

namespace Inference.Compute.Tests.Cpu;

public sealed class AttentionTests
{
    // heads, KV heads, head width: every ratio and widths around the panel of 32
    private static readonly (int Heads, int KvHeads, int HeadDim)[] Geometries =
        [(1, 1, 2), (2, 2, 16), (4, 2, 20), (6, 2, 32), (8, 1, 64), (3, 3, 72), (7, 7, 80), (4, 4, 96), (16, 2, 128), (26, 2, 34)];

    [Fact]
    public void The_plain_loops_follow_the_definition()
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 1, VectorWidth = VectorWidth.Scalar });
        using var scene = new AttentionScene(backend, 4, 2, 20, [70, 5], seed: 1);
        var found = scene.Causal(chunk: 100);
        for (var row = 0; row < 75; row++)
        {
            var first = row < 70 ? 0 : 70;
            for (var head = 0; head < 4; head++)
            {
                var expected = Definition(scene, row, head, first, 20, 2, head / 2);
                for (var d = 0; d < 20; d++)
                    Assert.Equal(expected[d], found[(row * 80) + (head * 20) + d], 2e-6);
            }
        }
    }

    public static TheoryData<VectorWidth, NumberFormat> WidthsAndFormats
    {
        get
        {
            var data = new TheoryData<VectorWidth, NumberFormat>();
            foreach (var width in Widths.All)
            {
                data.Add(width, NumberFormat.F32);
                data.Add(width, NumberFormat.BF16);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(WidthsAndFormats))]
    public void Every_width_and_thread_count_gives_the_bits_of_the_plain_loops(VectorWidth width, NumberFormat format)
    {
        using var plain = new CpuBackend(new CpuOptions { Threads = 1, VectorWidth = VectorWidth.Scalar });
        foreach (var (heads, kvHeads, headDim) in Geometries)
        {
            using var expected = new AttentionScene(plain, heads, kvHeads, headDim, [97, 1, 32, 33], seed: headDim, format);
            var (causal, full) = (expected.Causal(1000), expected.Full());
            foreach (var threads in (int[])[1, 2, 3])
            {
                using var backend = new CpuBackend(new CpuOptions { Threads = threads, VectorWidth = width });
                using var scene = new AttentionScene(backend, heads, kvHeads, headDim, [97, 1, 32, 33], seed: headDim, format);
                var what = $"{heads} heads on {kvHeads} of {headDim}, {threads} threads";
                Numbers.AssertSameBits(causal, scene.Causal(1000), what);
                Numbers.AssertSameBits(full, scene.Full(), what + ", full");
            }
        }
    }

    [Theory]
    [MemberData(nameof(WidthsAndFormats))]
    public void A_row_has_the_same_bits_for_every_chunking(VectorWidth width, NumberFormat format)
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 2, VectorWidth = width });
        foreach (var (heads, kvHeads, headDim) in Geometries)
        {
            using var scene = new AttentionScene(backend, heads, kvHeads, headDim, [131, 40], seed: heads, format);
            var whole = scene.Causal(chunk: 131);
            foreach (var chunk in (int[])[1, 7, 31, 32, 33, 64, 100])
                Numbers.AssertSameBits(whole, scene.Causal(chunk), $"{heads} heads on {kvHeads} of {headDim}, chunks of {chunk}");
        }
    }

    [Fact]
    public void Keys_and_values_in_bfloat16_are_those_of_float32_that_were_rounded()
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 2 });
        foreach (var (heads, kvHeads, headDim) in Geometries)
        {
            using var rounded = new AttentionScene(backend, heads, kvHeads, headDim, [70, 5], seed: 1, roundToBFloat16: true);
            using var held = new AttentionScene(backend, heads, kvHeads, headDim, [70, 5], seed: 1, NumberFormat.BF16);
            Numbers.AssertSameBits(rounded.Causal(100), held.Causal(100), $"{heads} heads on {kvHeads} of {headDim}");
        }

        var single = backend.KvPageBytes(new KvGeometry(4, 64));
        Assert.Equal(single / 2, backend.KvPageBytes(new KvGeometry(4, 64, NumberFormat.BF16)));
    }

    [Fact]
    public void Other_formats_of_keys_and_values_are_refused()
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 1 });
        Assert.Throws<ArgumentException>(() => backend.CreateKvPool(new KvGeometry(4, 64, NumberFormat.Int8), 1).Dispose());
    }

    [Theory]
    [InlineData(NumberFormat.F32)]
    [InlineData(NumberFormat.BF16)]
    public void What_stands_in_slots_that_are_not_seen_changes_no_bit(NumberFormat format)
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 1 });
        var geometry = new KvGeometry(2, 40, format);
        using var clean = backend.CreateKvPool(geometry, 1);
        using var used = backend.CreateKvPool(geometry, 1);
        using var table = backend.Allocate<int>(1);
        using var q = new TestMatrix(backend, 3, 80, seed: 1);
        using var k = new TestMatrix(backend, 3, 80, seed: 2);
        using var v = new TestMatrix(backend, 3, 80, seed: 3);
        // A finished sequence of huge and infinite values leaves its page to the next.
        float[] remains = [.. Numbers.Random(32 * 80, 4).Select((x, i) => i % 3 == 0 ? float.NaN : x * 1e30f)];
        using var old = new TestMatrix(backend, 32, 80, remains);
        using var oldSegment = backend.Allocate<AttentionSegment>(1);
        using var segment = backend.Allocate<AttentionSegment>(1);
        backend.Upload<AttentionSegment>([new AttentionSegment(0, 32, 0, 1, 1)], oldSegment);
        backend.Upload<AttentionSegment>([new AttentionSegment(0, 3, 0, 1, 1)], segment);
        backend.WriteKv(old.Matrix, old.Matrix, used, oldSegment, 1, table, 0);
        using var expected = new TestMatrix(backend, 3, 80, seed: 5);
        using var found = new TestMatrix(backend, 3, 80, seed: 6);
        foreach (var (pool, y) in ((KvPool, TestMatrix)[])[(clean, expected), (used, found)])
        {
            backend.WriteKv(k.Matrix, v.Matrix, pool, segment, 1, table, 0);
            backend.Attention(q.Matrix, pool, segment, 1, table, 0, 0.2f, y.Matrix);
        }

        Assert.All(expected.Download(), x => Assert.True(float.IsFinite(x)));
        Numbers.AssertSameBits(expected.Download(), found.Download(), "after another sequence");
    }

    [Fact]
    public void Segments_that_leave_the_batch_the_table_or_the_pool_are_refused()
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 1 });
        using var pool = backend.CreateKvPool(new KvGeometry(1, 8), 2);
        using var table = backend.Allocate<int>(2);
        backend.Upload<int>([1, 2], table);
        using var q = new TestMatrix(backend, 4, 8, seed: 1);
        using var segments = backend.Allocate<AttentionSegment>(1);
        AttentionSegment[] wrong =
        [
            new(0, 5, 0, 1, 1), new(-1, 2, 0, 1, 1), new(0, 4, 0, 0, 1), new(0, 1, 0, 65, 1), new(0, 1, 0, 33, 1), new(0, 1, -1, 1, 1),
            new(0, 2, 0, int.MaxValue, 1), new(0, 1, 0, 1, 2),
        ];
        foreach (var segment in wrong)
        {
            backend.Upload<AttentionSegment>([segment], segments);
            Assert.Throws<ArgumentException>(() => backend.Attention(q.Matrix, pool, segments, 1, table, 0, 1f, q.Matrix));
        }
    }

    private static double[] Definition(AttentionScene scene, int row, int head, int first, int headDim, int kvHeads, int kvHead)
    {
        var scores = new double[row - first + 1];
        for (var t = 0; t < scores.Length; t++)
        {
            for (var d = 0; d < headDim; d++)
            {
                var key = scene.Keys[((first + t) * kvHeads * headDim) + (kvHead * headDim) + d];
                scores[t] += (double)scene.Queries[(row * scene.Width) + (head * headDim) + d] * key;
            }

            scores[t] *= scene.Scale;
        }

        var max = scores.Max();
        var weights = scores.Select(score => Math.Exp(score - max)).ToArray();
        var result = new double[headDim];
        for (var t = 0; t < scores.Length; t++)
        {
            for (var d = 0; d < headDim; d++)
                result[d] += weights[t] / weights.Sum() * scene.Values[((first + t) * kvHeads * headDim) + (kvHead * headDim) + d];
        }

        return result;
    }
}
