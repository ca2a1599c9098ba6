namespace Inference.Compute.Cpu;

/// <summary>Picks columns of rows.</summary>
internal static unsafe class GatherColumns
{
    /// <summary>y[r, j] = x[r, columns[j]]</summary>
    public static void Run(RowView x, int* columns, RowView y)
    {
        for (var row = 0; row < y.Rows; row++)
        {
            var from = x.Row(row);
            var to = y.Row(row);
            for (var j = 0; j < y.Columns; j++)
                to[j] = from[columns[j]];
        }
    }
}
