using Inference.Compute;

namespace Inference.Models.Vision;

/// <summary>LLaVA's two-layer MLP from the tower's features to the decoder's width.</summary>
internal sealed class Projector(IBackend backend, Linear first, Activation activation, Linear second) : IDisposable
{
    /// <summary>Width of the decoder.</summary>
    public int Width => second.Weight.Outputs;

    public long WeightBytes => first.Weight.Bytes + second.Weight.Bytes;

    /// <summary>Elements of workspace for <paramref name="rows"/> rows.</summary>
    public long WorkspaceLength(int rows) => Workspace.Footprint(rows, first.Weight.Outputs);

    /// <summary>features: [rows, feature width]; y: [rows, decoder width].</summary>
    public void Forward(Matrix features, Matrix y, Workspace workspace)
    {
        var mark = workspace.Mark;
        var inner = workspace.Take(features.Rows, first.Weight.Outputs);
        backend.MatMul(features, first.Weight, inner, first.Bias);
        backend.Activate(inner, activation);
        backend.MatMul(inner, second.Weight, y, second.Bias);
        workspace.Release(mark);
    }

    public void Dispose()
    {
        first.Dispose();
        second.Dispose();
    }
}
