using Inference.Compute;

namespace Inference.Engine.Scheduling;

/// <summary>
/// Two sequences that write one answer: the owner chooses the tokens, its companion reads them behind a prompt of its own. The companion is
/// asked where its logits matter, and then reads all tokens it has not seen while the owner waits; one that was just asked follows, reading
/// the next token in the same step as its owner.
/// </summary>
internal sealed class Companionship(Sequence companion) : IDisposable
{
    private const int Nothing = -1;

    private Buffer<float>? _room;
    private int _heardAt = Nothing;

    /// <summary>The companion; it never ends by itself.</summary>
    public Sequence Sequence => companion;

    /// <summary>Whether the owner waits for the companion's logits.</summary>
    public bool IsAwaited { get; private set; }

    /// <summary>Whether the companion has tokens to read.</summary>
    public bool HasTurn { get; private set; }

    /// <summary>Logits of the owner that waits, [1, vocabulary].</summary>
    public Matrix Owners { get; private set; }

    /// <summary>Logits of a companion that was there first, [1, vocabulary].</summary>
    public Matrix Companions { get; private set; }

    /// <summary>Whether <see cref="Companions"/> are those of the owner's next token.</summary>
    public bool IsHeard(Sequence owner) => _heardAt == owner.Generated;

    /// <summary>The owner waits, and the companion is given the tokens that it has not seen.</summary>
    /// <param name="backend">Where logits are kept.</param>
    /// <param name="owner">The sequence that waits.</param>
    /// <param name="logits">Its logits, [1, vocabulary].</param>
    public void Await(IBackend backend, Sequence owner, Matrix logits)
    {
        MakeRoom(backend, logits.Columns);
        backend.Copy(logits, Owners);
        Follow(owner);
        IsAwaited = true;
    }

    /// <summary>Keeps the companion's logits, [1, vocabulary]: the owner has not asked yet, and may not.</summary>
    public void Hear(IBackend backend, Matrix logits)
    {
        MakeRoom(backend, logits.Columns);
        backend.Copy(logits, Companions);
        (_heardAt, HasTurn) = (companion.Generated, false);
    }

    /// <summary>The companion has been asked: the owner goes on.</summary>
    public void Resume() => (IsAwaited, HasTurn) = (false, false);

    /// <summary>The companion reads on with its owner, without being asked.</summary>
    public void Follow(Sequence owner)
    {
        for (var i = companion.Generated; i < owner.Generated; i++)
        {
            companion.Rows.Append(owner.Rows.Token(owner.Rows.PromptRows + i));
        }

        HasTurn = true;
    }

    /// <summary>The companion makes room and is read again when it is asked.</summary>
    public void Forgo() => HasTurn = false;

    private void MakeRoom(IBackend backend, int vocabulary)
    {
        if (_room is null)
        {
            _room = backend.Allocate<float>(2 * vocabulary);
            var rows = new Matrix(_room, 2, vocabulary);
            (Owners, Companions) = (rows.RowRange(0, 1), rows.RowRange(1, 1));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _room?.Dispose();
}
