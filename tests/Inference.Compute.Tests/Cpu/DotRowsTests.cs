using Inference.Compute.Cpu;

namespace Inference.Compute.Tests.Cpu;

/// <summary>Products of rows with vectors: by definition in double, and the same bits at every width.</summary>
public sealed class DotRowsTests
{
    private static readonly int[] Columns = [1, 7, 15, 16, 17, 64, 129, 2048];

    private static readonly DotTerm[] Terms = [default, new(2, 1, 3, 0), new(0, 0, 1, 0), new(1, 2, 1, 1), new(2, 2, 0, 0)];

    [Fact]
    public void A_product_follows_the_definition_and_products_of_one_destination_are_added()
    {
        foreach (var columns in Columns)
        {
            var found = Run(VectorWidth.Scalar, columns);
            Assert.Equal(Product(columns, 2, 2), found[0], 1e-3);
            Assert.Equal(Product(columns, 0, 0) + Product(columns, 1, 2), found[1], 1e-3);
            Assert.Equal(-1f, found[2]);
            Assert.Equal(Product(columns, 2, 1), found[3], 1e-3);
        }
    }

    [Theory]
    [MemberData(nameof(Widths.Data), MemberType = typeof(Widths))]
    public void Every_width_gives_the_bits_of_the_plain_loop(VectorWidth width)
    {
        foreach (var columns in Columns)
            Numbers.AssertSameBits(Run(VectorWidth.Scalar, columns), Run(width, columns), $"products of {columns}");
    }

    [Theory]
    [InlineData(3, 0, 0)]
    [InlineData(-1, 0, 0)]
    [InlineData(0, 3, 0)]
    [InlineData(0, 0, 4)]
    public void Rows_vectors_and_elements_that_do_not_exist_are_refused(int row, int vector, int destination)
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 1 });
        using var x = new TestMatrix(backend, 3, 4, seed: 1);
        using var terms = backend.Allocate<DotTerm>(1);
        using var y = backend.Allocate<float>(4);
        backend.Upload<DotTerm>([new DotTerm(row, vector, destination, 0)], terms);
        Assert.Throws<ArgumentException>(() => backend.DotRows(x.Matrix, x.Matrix, terms, 0, 1, y));
    }

    private static float[] Rows(int columns) => Numbers.Random(3 * columns, columns, magnitude: 3f);

    private static float[] Vectors(int columns) => Numbers.Random(3 * columns, columns + 1, magnitude: 2f);

    private static double Product(int columns, int row, int vector) =>
        Rows(columns).Skip(row * columns).Take(columns).Zip(Vectors(columns).Skip(vector * columns))
            .Sum(pair => (double)pair.First * pair.Second);

    private static float[] Run(VectorWidth width, int columns)
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 1, VectorWidth = width });
        using var x = new TestMatrix(backend, 3, columns, Rows(columns));
        using var vectors = new TestMatrix(backend, 3, columns, Vectors(columns));
        using var terms = backend.Allocate<DotTerm>(Terms.Length);
        using var y = backend.Allocate<float>(4);
        backend.Upload<float>([-1, -1, -1, -1], y);
        backend.Upload<DotTerm>(Terms, terms);
        backend.DotRows(x.Matrix, vectors.Matrix, terms, 1, Terms.Length - 1, y);
        var found = new float[4];
        backend.Download(y, 0, found.AsSpan());
        return found;
    }
}
