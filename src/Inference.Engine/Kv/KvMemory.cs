using Inference.Compute;
using Inference.Engine.Scheduling;
using Inference.Models.Decoders;

namespace Inference.Engine.Kv;

/// <summary>The KV memory of one model: what sequences begin with, grow by and leave behind.</summary>
internal sealed class KvMemory : IDisposable
{
    private readonly PagePool _pages;
    private readonly PrefixCache _cache;
    private readonly Action<int, int> _copy;

    /// <summary>Takes the memory.</summary>
    /// <param name="backend">Where.</param>
    /// <param name="shape">The decoder.</param>
    /// <param name="options">Bytes of pages, and of those kept for reuse.</param>
    /// <param name="context">Tokens of one sequence, which always fits.</param>
    public KvMemory(IBackend backend, DecoderShape shape, EngineOptions options, int context)
    {
        var atLeast = KvLayout.Uniform(shape, context, context, options.KvFormat).Pages;
        var geometry = shape.Kv with { Format = options.KvFormat };
        var pageBytes = backend.KvPageBytes(geometry);
        Pool = backend.CreateKvPool(geometry, checked((int)Math.Max(options.KvBytes / pageBytes, atLeast)));
        _pages = new PagePool(Pool.Pages);
        _cache = new PrefixCache(_pages, options.PrefixCacheBytes / pageBytes);
        _copy = (from, to) => backend.CopyKvPage(Pool, from, to);
    }

    /// <summary>The pages themselves.</summary>
    public KvPool Pool { get; }

    /// <summary>Numbers of the images whose rows are in memory.</summary>
    public ImageNumbers Images { get; } = new();

    /// <summary>Pages in all.</summary>
    public int Capacity => _pages.Capacity;

    /// <summary>Pages in use by running sequences; those kept for reuse are not.</summary>
    public int Used => _pages.Used;

    /// <summary>Whether prefixes are shared.</summary>
    public bool SharesPrefixes => _cache.IsOn;

    /// <summary>
    /// Gives a sequence the pages of all rows that are known, sharing those that hold the same rows already: kept ones, or those of a
    /// running sequence.
    /// </summary>
    /// <param name="rows">The rows of the sequence.</param>
    /// <param name="running">Sequences that run.</param>
    /// <param name="reserve">Rows to take pages for now; at least those that are known.</param>
    /// <param name="headroom">Pages that must be left afterwards.</param>
    /// <param name="mayShare">Whether rows computed elsewhere will do.</param>
    /// <param name="isAlone">Whether nothing that runs will make room.</param>
    /// <returns>False when there are too few pages; nothing has changed then.</returns>
    public bool TryBegin(KvRows rows, List<Sequence> running, int reserve, int headroom, bool mayShare, bool isAlone)
    {
        var (source, shared) = mayShare && _cache.IsOn ? FindSource(rows, running) : (null, 0);
        // What is shared cannot make room for a copy of a part of it: a sequence that is alone needs no more than its own pages.
        return TryBegin(rows, source, shared, reserve, headroom)
            || (isAlone && source is not null && TryBegin(rows, source: null, shared: 0, reserve, headroom));
    }

    /// <summary>Rows of a sequence that are kept.</summary>
    public int Cached(KvRows rows) => _cache.Find(rows).Rows;

    /// <summary>Makes room for more rows of a sequence.</summary>
    /// <returns>False when there are too few pages.</returns>
    public bool TryGrow(SequencePages pages, int rows)
    {
        var missing = pages.Missing(rows);
        if (missing > _pages.Available)
        {
            return false;
        }

        if (missing > 0)
        {
            _cache.MakeRoom(missing);
            pages.Grow(rows);
        }

        return true;
    }

    /// <summary>Keeps nothing of what has ended.</summary>
    public void Forget() => _cache.Clear();

    /// <summary>Takes the pages of a sequence that must make room; what they hold stays while nobody needs them.</summary>
    public void Suspend(KvRows rows) => _cache.Keep(rows.Detach());

    /// <summary>A sequence has ended; what it has computed stays for others while there is room.</summary>
    /// <param name="rows">Its rows; they are used no longer.</param>
    /// <param name="isSound">Whether the pages hold what they should.</param>
    public void End(KvRows rows, bool isSound)
    {
        if (rows.Pages is not null && isSound)
        {
            _cache.Keep(rows.Detach());
        }

        rows.Pages?.Release();
        rows.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _cache.Clear();
        Pool.Dispose();
    }

    private bool TryBegin(KvRows rows, KvRows? source, int shared, int reserve, int headroom)
    {
        var pages = new SequencePages(_pages, rows.Layout);
        if (source is not null)
        {
            // The partly filled pages too, so that making room does not give them up before they are copied.
            pages.Share(source.Pages!, shared);
        }

        var copied = source is null ? 0 : pages.PartlyFilled(shared);
        var wanted = copied + pages.Missing(reserve);
        if (wanted + headroom > _pages.Available)
        {
            pages.Release();
            return false;
        }

        _cache.MakeRoom(wanted);
        if (source is not null)
        {
            pages.OwnPartlyFilled(shared, _copy);
            rows.Stages = source.Stages;
        }

        pages.Grow(reserve);
        (rows.Pages, rows.Filled) = (pages, shared);
        return true;
    }

    private (KvRows? Source, int Rows) FindSource(KvRows rows, List<Sequence> running)
    {
        var (source, shared) = _cache.Find(rows);
        foreach (var other in running)
        {
            if (other.Rows.Shared(rows, other.Rows.Filled) is var more && more > shared)
            {
                (source, shared) = (other.Rows, more);
            }
        }

        return (source, shared);
    }
}
