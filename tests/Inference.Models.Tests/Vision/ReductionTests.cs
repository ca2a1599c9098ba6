using Inference.Compute;
using Inference.Models.Vision;

namespace Inference.Models.Tests.Vision;

/// <summary>Reductions against plain references.</summary>
public sealed class ReductionTests
{
    [Theory]
    [InlineData(1, 40, 9)]
    [InlineData(2, 300, 33)]
    [InlineData(3, 5, 5)]
    public void Divprune_takes_what_the_plain_greedy_search_takes(int seed, int rows, int count)
    {
        var distances = Distances(seed, rows, width: 12);
        var kept = new DivPrune().Select(
            new EncodedRows(rows, [], (first, number, y) =>
            {
                for (var i = 0; i < number * rows; i++)
                {
                    y.Span[i] = 1 - distances[first + (i / rows), i % rows];
                }
            }), count);
        Assert.Equal(PlainMaxMin(distances, rows, count), kept);
    }

    [Theory]
    [InlineData(8, 0.25, 4, 4)]
    [InlineData(8, 0.5, 5, 6)]
    [InlineData(8, 0.75, 6, 8)]
    [InlineData(8, 0.125, 2, 4)]
    [InlineData(24, 1, 24, 24)]
    [InlineData(8, 0.001, 1, 1)]
    public void A_coarser_grid_stays_within_the_budget(int side, double keep, int height, int width)
    {
        Assert.Equal((height, width), new GridResize().Grid(side, keep, square: false));
        Assert.Equal((height, height), new GridResize().Grid(side, keep, square: true));
    }

    [Theory]
    [InlineData(8, 4, 4)]
    [InlineData(8, 5, 6)]
    [InlineData(7, 3, 5)]
    [InlineData(3, 3, 3)]
    public void Resize_averages_over_equal_areas(int side, int height, int width)
    {
        // The mean of a bilinear-free grid over a cell, by a fine raster of points that no border splits.
        var random = new Random(side);
        double[] grid = [.. Enumerable.Range(0, side * side).Select(_ => random.NextDouble())];
        List<RowTerm> terms = [];
        GridResize.AddTerms(side, (height, width), 0, 0, terms);
        var averaged = new double[height * width];
        foreach (var term in terms)
        {
            averaged[term.Destination] = (term.Adds == 1 ? averaged[term.Destination] : 0) + (term.Weight * grid[term.Source]);
        }

        for (var cell = 0; cell < averaged.Length; cell++)
        {
            var (sum, points) = (0.0, 0);
            for (var y = 0; y < side * height; y++)
            {
                for (var x = 0; x < side * width; x++)
                {
                    if (y / side == cell / width && x / side == cell % width)
                    {
                        sum += grid[(y / height * side) + (x / width)];
                        points++;
                    }
                }
            }

            Assert.Equal(sum / points, averaged[cell], 1e-6);
        }
    }

    [Fact]
    public void The_most_attended_rows_remain_and_ties_go_to_the_first()
    {
        var rows = new EncodedRows(5, [0.1f, 0.4f, 0.1f, 0.3f, 0.1f], (_, _, _) => Assert.Fail("No similarity is needed."));
        Assert.Equal([0, 1, 3], new AttentionSelection().Select(rows, 3));
        Assert.Equal([1, 3], new UniformSelection().Select(rows, 2));
    }

    private static float[,] Distances(int seed, int rows, int width)
    {
        var random = new Random(seed);
        var points = Enumerable.Range(0, rows).Select(_ => Enumerable.Range(0, width).Select(_ => random.NextDouble() - 0.5).ToArray())
            .ToArray();
        var distances = new float[rows, rows];
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < rows; j++)
            {
                double Length(double[] x) => Math.Sqrt(x.Sum(value => value * value));
                distances[i, j] = (float)(1 - (points[i].Zip(points[j], (a, b) => a * b).Sum() / Length(points[i]) / Length(points[j])));
            }
        }

        return distances;
    }

    // As the paper's code states it: all pairs at hand, a minimum over the chosen ones at every step.
    private static int[] PlainMaxMin(float[,] distances, int rows, int count)
    {
        List<int> chosen = [];
        while (chosen.Count < count)
        {
            chosen.Add(Enumerable.Range(0, rows).Except(chosen).MaxBy(row => chosen.Count == 0
                ? Enumerable.Range(0, rows).Where(other => other != row).Min(other => distances[row, other])
                : chosen.Min(other => distances[other, row])));
        }

        return [.. chosen.Order()];
    }
}
