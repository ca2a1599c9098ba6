namespace Inference.Compute.Cpu;

/// <content>The operations: checks here, arithmetic in the kernels.</content>
public sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public void MatMul(Matrix x, PackedMatrix w, Matrix y, Buffer<float>? bias = null) => Multiply(x, w, y, bias, adds: false);

    /// <inheritdoc/>
    public void MatMulAdd(Matrix x, PackedMatrix w, Matrix y, Buffer<float>? bias = null) => Multiply(x, w, y, bias, adds: true);

    private void Multiply(Matrix x, PackedMatrix w, Matrix y, Buffer<float>? bias, bool adds)
    {
        var weights = Arguments.Weights(w, nameof(w));
        var input = Arguments.View(x, x.Rows, weights.Inputs, nameof(x));
        var output = Arguments.View(y, x.Rows, weights.Outputs, nameof(y));
        var offsets = bias is null ? null : Arguments.Pointer(bias, weights.Outputs, nameof(bias));
        Cpu.MatMul.Run(_team, _scratch, _width, _vnni, input, weights, new ProductOutput(_width, output, offsets, adds));
    }

    /// <inheritdoc/>
    public void Embed(PackedMatrix table, Buffer<int> ids, Matrix y)
    {
        var weights = Arguments.Weights(table, nameof(table));
        var output = Arguments.View(y, y.Rows, weights.Inputs, nameof(y));
        EmbedRows.Run(_team, weights, Arguments.Indices(ids, y.Rows, int.MinValue, weights.Outputs, nameof(ids)), output);
    }

    /// <inheritdoc/>
    public void CopyRows(Matrix source, Buffer<int> sourceRows, Matrix destination, Buffer<int> destinationRows, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var from = Arguments.View(source, nameof(source));
        var to = Arguments.View(destination, destination.Rows, source.Columns, nameof(destination));
        var fromRows = Arguments.Indices(sourceRows, count, 0, source.Rows, nameof(sourceRows));
        var toRows = Arguments.Indices(destinationRows, count, 0, destination.Rows, nameof(destinationRows));
        Cpu.CopyRows.Run(_team, from, fromRows, to, toRows, count);
    }

    /// <inheritdoc/>
    public void Copy(Matrix source, Matrix destination)
    {
        var to = Arguments.View(destination, source.Rows, source.Columns, nameof(destination));
        Cpu.CopyRows.Run(_team, Arguments.View(source, nameof(source)), null, to, null, source.Rows);
    }

    /// <inheritdoc/>
    public void Add(Matrix x, Matrix y)
    {
        var output = Arguments.View(y, x.Rows, x.Columns, nameof(y));
        AddRows.Run(_team, _width, Arguments.View(x, nameof(x)), output);
    }

    /// <inheritdoc/>
    public void RmsNorm(Matrix x, Buffer<float> weight, float epsilon, Matrix y)
    {
        var output = Arguments.View(y, x.Rows, x.Columns, nameof(y));
        Cpu.RmsNorm.Run(_team, _width, Arguments.View(x, nameof(x)), Arguments.Pointer(weight, x.Columns, nameof(weight)), epsilon, output);
    }

    /// <inheritdoc/>
    public void LayerNorm(Matrix x, Buffer<float> weight, Buffer<float> bias, float epsilon, Matrix y)
    {
        var output = Arguments.View(y, x.Rows, x.Columns, nameof(y));
        var scales = Arguments.Pointer(weight, x.Columns, nameof(weight));
        var offsets = Arguments.Pointer(bias, x.Columns, nameof(bias));
        Cpu.LayerNorm.Run(_team, _width, Arguments.View(x, nameof(x)), scales, offsets, epsilon, output);
    }

    /// <inheritdoc/>
    public void Activate(Matrix x, Activation activation)
    {
        var rows = Arguments.View(x, nameof(x));
        Activations.Run(_team, _width, rows, default, activation, rows);
    }

    /// <inheritdoc/>
    public void ActivateGated(Matrix gate, Matrix up, Activation activation, Matrix y)
    {
        var factors = Arguments.View(up, gate.Rows, gate.Columns, nameof(up));
        var output = Arguments.View(y, gate.Rows, gate.Columns, nameof(y));
        Activations.Run(_team, _width, Arguments.View(gate, nameof(gate)), factors, activation, output);
    }

    /// <inheritdoc/>
    public void Softmax(Matrix x) => Cpu.Softmax.Run(_team, _width, Arguments.View(x, nameof(x)));

    /// <inheritdoc/>
    public void AttentionScores(Matrix q, Matrix k, int headDim, float scale, Matrix y)
    {
        if (headDim < 1 || k.Columns == 0 || k.Columns % headDim != 0 || q.Columns % k.Columns != 0)
        {
            var message = $"Heads that divide {k.Columns} and {q.Columns} columns were expected, found {headDim}.";
            throw new ArgumentException(message, nameof(headDim));
        }

        var queries = Arguments.View(q, 1, q.Columns, nameof(q));
        var output = Arguments.View(y, q.Columns / headDim, k.Rows, nameof(y));
        Cpu.AttentionScores.Run(_team, _scratch, _width, queries, Arguments.View(k, nameof(k)), headDim, scale, output);
    }

    /// <inheritdoc/>
    public void RowDistances(Matrix a, Matrix b, Matrix y)
    {
        var output = Arguments.View(y, 1, a.Rows, nameof(y));
        Cpu.RowDistances.Run(_team, _width, Arguments.View(a, nameof(a)), Arguments.View(b, a.Rows, a.Columns, nameof(b)), output);
    }

    /// <inheritdoc/>
    public void MeanRow(Matrix x, Matrix y)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(x.Rows, 1, nameof(x));
        var output = Arguments.View(y, 1, x.Columns, nameof(y));
        Cpu.MeanRow.Run(_team, _width, Arguments.View(x, nameof(x)), output);
    }

    /// <inheritdoc/>
    public void LogSumExp(Matrix x, Buffer<float> y) =>
        Cpu.LogSumExp.Run(_team, _width, Arguments.View(x, nameof(x)), Arguments.Pointer(y, x.Rows, nameof(y)));

    /// <inheritdoc/>
    public void JensenShannon(Matrix reference, Buffer<float> referenceLogSum, Matrix x, Buffer<float> logSums, Buffer<float> y)
    {
        var origin = Arguments.View(reference, 1, x.Columns, nameof(reference));
        var originLogSum = *Arguments.Pointer(referenceLogSum, 1, nameof(referenceLogSum));
        var sums = Arguments.Pointer(logSums, x.Rows, nameof(logSums));
        var output = Arguments.Pointer(y, x.Rows, nameof(y));
        Cpu.JensenShannon.Run(_team, _width, origin.Data, originLogSum, Arguments.View(x, nameof(x)), sums, output);
    }

    /// <inheritdoc/>
    public void CombineRows(Matrix source, Buffer<RowTerm> terms, int first, int count, Matrix destination)
    {
        var from = Arguments.View(source, nameof(source));
        var to = Arguments.View(destination, destination.Rows, source.Columns, nameof(destination));
        Cpu.CombineRows.Run(_width, from, Arguments.Terms(terms, first, count, from.Rows, to.Rows), count, to);
    }

    /// <inheritdoc/>
    public void DotRows(Matrix x, Matrix vectors, Buffer<DotTerm> terms, int first, int count, Buffer<float> y)
    {
        var rows = Arguments.View(x, nameof(x));
        var factors = Arguments.View(vectors, vectors.Rows, x.Columns, nameof(vectors));
        Cpu.DotRows.Run(
            _width, rows, factors, Arguments.Terms(terms, first, count, rows.Rows, factors.Rows, y.Length), count,
            Arguments.Pointer(y, nameof(y)));
    }

    /// <inheritdoc/>
    public void GatherColumns(Matrix x, Buffer<int> columns, Matrix y)
    {
        var output = Arguments.View(y, x.Rows, y.Columns, nameof(y));
        Cpu.GatherColumns.Run(Arguments.View(x, nameof(x)), Arguments.Indices(columns, y.Columns, 0, x.Columns, nameof(columns)), output);
    }
}
