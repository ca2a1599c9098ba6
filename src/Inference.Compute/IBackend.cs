namespace Inference.Compute;

/// <summary>
/// The operations that models are written in, and the seam for another device. Operations are issued in order and may run asynchronously;
/// <see cref="Download{T}"/> waits for them. One thread issues operations at a time.
/// <para>
/// The promise of every operation: a row of the result depends on that row's inputs alone, never on the other rows, on how rows are split
/// over calls, or on the number of threads. Each output element is one chain of fused multiply-adds over ascending k; wider vectors hold
/// more elements, not longer sums.
/// </para>
/// </summary>
public interface IBackend : IDisposable
{
    /// <summary>What runs the operations, for people: "cpu, Vector512, 2 threads".</summary>
    string Description { get; }

    /// <summary>Zeroed memory for <paramref name="length"/> elements.</summary>
    Buffer<T> Allocate<T>(long length)
        where T : unmanaged;

    /// <summary>Copies managed memory into a buffer, starting at element <paramref name="offset"/>.</summary>
    void Upload<T>(ReadOnlySpan<T> source, Buffer<T> destination, long offset = 0)
        where T : unmanaged;

    /// <summary>Waits for all operations and copies elements from <paramref name="offset"/> on into managed memory.</summary>
    void Download<T>(Buffer<T> source, long offset, Span<T> destination)
        where T : unmanaged;

    /// <summary>Waits for all operations; memory they read may be freed afterwards.</summary>
    void Synchronize();

    /// <summary>
    /// Packs weights whose rows stand one below the other: several sources with the same number of columns become one matrix (q, k, v;
    /// gate, up). Numbers are rounded to the nearest even where <paramref name="format"/> is not a source's own, and group by group to
    /// integers.
    /// </summary>
    PackedMatrix Pack(ReadOnlySpan<WeightSource> sources, NumberFormat format);

    /// <summary>
    /// Names how packed weights lie in memory, to keep them in a file: under the same name <see cref="Adopt"/> takes what
    /// <see cref="PackedMatrix.CopyTo"/> wrote.
    /// </summary>
    string PackedLayout { get; }

    /// <summary>Bytes of a packed matrix of that shape.</summary>
    long PackedBytes(int outputs, int inputs, NumberFormat format);

    /// <summary>
    /// Uses weights that were packed before, in place: <see cref="PackedBytes"/> bytes on a cache line, which must stay valid and unchanged
    /// until the matrix is disposed, and are not freed by it.
    /// </summary>
    PackedMatrix Adopt(nint address, int outputs, int inputs, NumberFormat format);

    /// <summary>Multiple of bytes at which packed weights best begin in a file, so that large pages can map them.</summary>
    int PackedAlignment { get; }

    /// <summary>Bytes of one KV page, padding included.</summary>
    long KvPageBytes(KvGeometry geometry);

    /// <summary>A pool of zeroed KV pages.</summary>
    KvPool CreateKvPool(KvGeometry geometry, int pages);

    /// <summary>y = x · wᵀ (+ bias). x: [rows, w.Inputs], y: [rows, w.Outputs], bias: [w.Outputs]. y must not overlap x.</summary>
    void MatMul(Matrix x, PackedMatrix w, Matrix y, Buffer<float>? bias = null);

    /// <summary>
    /// y += x · wᵀ (+ bias): the residual add of a block in the pass of its product, with the bits of <see cref="MatMul"/> and
    /// <see cref="Add"/>, the bias before what stands in y. x: [rows, w.Inputs], y: [rows, w.Outputs], bias: [w.Outputs]. y must not
    /// overlap x.
    /// </summary>
    void MatMulAdd(Matrix x, PackedMatrix w, Matrix y, Buffer<float>? bias = null);

    /// <summary>
    /// y[r] = table row ids[r]; rows with a negative id are left as they are. table: [vocabulary, width], y: [rows, width].
    /// </summary>
    void Embed(PackedMatrix table, Buffer<int> ids, Matrix y);

    /// <summary>destination[destinationRows[i]] = source[sourceRows[i]] for i in [0, count).</summary>
    void CopyRows(Matrix source, Buffer<int> sourceRows, Matrix destination, Buffer<int> destinationRows, int count);

    /// <summary>destination = source, same shape.</summary>
    void Copy(Matrix source, Matrix destination);

    /// <summary>y += x, same shape.</summary>
    void Add(Matrix x, Matrix y);

    /// <summary>Root mean square norm over columns (Zhang and Sennrich 2019): y = x / √(mean(x²) + eps) · weight. y may be x.</summary>
    void RmsNorm(Matrix x, Buffer<float> weight, float epsilon, Matrix y);

    /// <summary>
    /// Layer norm over columns (Ba et al. 2016), biased variance: y = (x − mean) / √(var + eps) · weight + bias. y may be x.
    /// </summary>
    void LayerNorm(Matrix x, Buffer<float> weight, Buffer<float> bias, float epsilon, Matrix y);

    /// <summary>x = f(x), in place.</summary>
    void Activate(Matrix x, Activation activation);

    /// <summary>y = f(gate) · up, element by element: the gated feed-forward of Llama. y may be gate or up.</summary>
    void ActivateGated(Matrix gate, Matrix up, Activation activation, Matrix y);

    /// <summary>
    /// Rotates halves of every head (Su et al. 2021, the "rotate half" layout of transformers): x: [rows, heads × headDim], in place,
    /// row r by the angles of positions[r].
    /// </summary>
    void Rotary(Matrix x, int headDim, Buffer<int> positions, RotaryTable table);

    /// <summary>
    /// Writes the keys and values of all segments' rows into their pages. k, v: [rows, kvHeads × headDim]. Row i of a segment is slot
    /// <see cref="AttentionSegment.SlotOf"/>(i) of its sequence; pages are found as in <see cref="Attention"/>.
    /// </summary>
    void WriteKv(
        Matrix k, Matrix v, KvPool pool, Buffer<AttentionSegment> segments, int segmentCount, Buffer<int> pageTable, int pageTableOffset);

    /// <summary>
    /// <see cref="Rotary"/> of queries and of keys, both in place, and <see cref="WriteKv"/> in one pass, with their bits. q: [rows, heads
    /// × headDim], k, v: [rows, kvHeads × headDim] of the pool's headDim. Segments come in the order of their rows, none shares a row with
    /// another; rows in no segment are left.
    /// </summary>
    void RotaryWriteKv(
        Matrix q, Matrix k, Matrix v, Buffer<int> positions, RotaryTable table, KvPool pool, Buffer<AttentionSegment> segments,
        int segmentCount, Buffer<int> pageTable, int pageTableOffset);

    /// <summary>
    /// Scaled dot-product attention of the rows of all segments over their pages, grouped-query where heads exceed KV heads (head h reads
    /// KV head h · kvHeads / heads). q, y: [rows, heads × headDim]; rows in no segment are left. Pages are visited in order with an online
    /// softmax (Milakov and Gimelshein 2018), in prefill and decode alike. pageTable[pageTableOffset + segment.FirstPage + j] is the j-th
    /// page of a segment's sequence: the offset selects the layer.
    /// </summary>
    void Attention(
        Matrix q, KvPool pool, Buffer<AttentionSegment> segments, int segmentCount, Buffer<int> pageTable, int pageTableOffset, float scale,
        Matrix y);

    /// <summary>Copies all tokens of a page to another.</summary>
    void CopyKvPage(KvPool pool, int from, int to);

    /// <summary>Softmax over columns, in place.</summary>
    void Softmax(Matrix x);

    /// <summary>
    /// y[h, i] = scale · q_h · k_i: the scores of one query row against rows of keys, before any softmax; grouped-query as in
    /// <see cref="Attention"/>. q: [1, heads × headDim], k: [keys, kvHeads × headDim], y: [heads, keys].
    /// </summary>
    void AttentionScores(Matrix q, Matrix k, int headDim, float scale, Matrix y);

    /// <summary>y[0, r] = ‖a[r] − b[r]‖₂. a and b have the same shape, y: [1, rows].</summary>
    void RowDistances(Matrix a, Matrix b, Matrix y);

    /// <summary>y = the mean of the rows of x, added in order. x: [rows, columns] with at least one row, y: [1, columns].</summary>
    void MeanRow(Matrix x, Matrix y);

    /// <summary>
    /// Weighted sums of rows: applies terms [first, first + count) in order. Terms name rows of the source and of the destination, which
    /// have the same columns.
    /// </summary>
    void CombineRows(Matrix source, Buffer<RowTerm> terms, int first, int count, Matrix destination);

    /// <summary>
    /// Products of rows with vectors: applies terms [first, first + count) in order. Each product is summed in sixteen partial sums over
    /// ascending k, as a norm is. x: [rows, columns], vectors: [any number, columns].
    /// </summary>
    void DotRows(Matrix x, Matrix vectors, Buffer<DotTerm> terms, int first, int count, Buffer<float> y);

    /// <summary>y[r] = ln Σ e^x[r]: what a row's logits exceed its log-probabilities by. y: [rows]</summary>
    void LogSumExp(Matrix x, Buffer<float> y);

    /// <summary>
    /// Jensen–Shannon divergence of rows of logits from one row (Lin 1991), as a mean over the columns: y[r] = mean of ½ (p ln(p / m) + q
    /// ln(q / m)) with p the softmax of the reference, q that of x[r], m = (p + q) / 2. reference: [1, columns]; the log-sums are those of
    /// <see cref="LogSumExp"/>. y: [rows]
    /// </summary>
    void JensenShannon(Matrix reference, Buffer<float> referenceLogSum, Matrix x, Buffer<float> logSums, Buffer<float> y);

    /// <summary>y[r, j] = x[r, columns[j]]. y: [rows, any number of columns].</summary>
    void GatherColumns(Matrix x, Buffer<int> columns, Matrix y);
}
