// (left factor, panel, bytes ahead, steps, column, result, stride of the result, resume): see MicroKernel.Run.
global using unsafe TileKernel = delegate*<float*, byte*, long, int, int, float*, long, bool, void>;

// (row, first panel, bytes of a panel, steps, result): see VectorKernel.Run.
global using unsafe RowKernel = delegate*<float*, byte*, long, int, float*, void>;

// (rows, panel, groups, sums), assembled: see VnniKernel.Write. Microseconds long, so the garbage collector may wait for it.
global using unsafe VnniTile = delegate* unmanaged[Cdecl, SuppressGCTransition]<byte*, byte*, int, float*, void>;
