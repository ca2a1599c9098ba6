using System.Runtime.InteropServices;

namespace Inference.Compute;

/// <summary>
/// One term of <see cref="IBackend.CombineRows"/>: destination row = (<see cref="Adds"/> = 1: what is there, 0: nothing) +
/// <see cref="Weight"/> · source row.
/// </summary>
/// <param name="Source">Row of the source.</param>
/// <param name="Destination">Row of the destination.</param>
/// <param name="Weight">Factor; 1 copies the bits.</param>
/// <param name="Adds">1 adds to the destination row, 0 writes it.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct RowTerm(int Source, int Destination, float Weight, int Adds);
