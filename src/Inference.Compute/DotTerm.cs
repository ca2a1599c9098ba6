using System.Runtime.InteropServices;

namespace Inference.Compute;

/// <summary>
/// One term of <see cref="IBackend.DotRows"/>: y[destination] = (<see cref="Adds"/> = 1: what is there, 0: nothing) + x[row] ·
/// vectors[vector].
/// </summary>
/// <param name="Row">Row of x.</param>
/// <param name="Vector">Row of the vectors.</param>
/// <param name="Destination">Element of y.</param>
/// <param name="Adds">1 adds to the destination, 0 writes it.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct DotTerm(int Row, int Vector, int Destination, int Adds);
