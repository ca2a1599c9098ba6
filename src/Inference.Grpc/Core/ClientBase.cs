namespace Grpc.Core;

/// <summary>The base of generated clients.</summary>
public abstract class ClientBase
{
    private readonly ClientBaseConfiguration? _configuration;

    protected ClientBase() { }

    protected ClientBase(ClientBaseConfiguration configuration) =>
        _configuration = configuration ?? throw new ArgumentNullException(nameof(configuration));

    protected ClientBase(ChannelBase channel)
        : this(channel.CreateCallInvoker()) { }

    protected ClientBase(CallInvoker callInvoker)
        : this(new ClientBaseConfiguration(callInvoker)) { }

    protected CallInvoker CallInvoker =>
        _configuration?.CallInvoker ?? throw new InvalidOperationException("A test double has no channel; override the method instead.");

    /// <summary>What a client is made from; opaque to generated code.</summary>
    protected internal class ClientBaseConfiguration
    {
        internal ClientBaseConfiguration(CallInvoker callInvoker) =>
            CallInvoker = callInvoker ?? throw new ArgumentNullException(nameof(callInvoker));

        internal CallInvoker CallInvoker { get; }
    }
}

/// <inheritdoc cref="ClientBase"/>
public abstract class ClientBase<T> : ClientBase
    where T : ClientBase<T>
{
    protected ClientBase() { }

    protected ClientBase(ClientBaseConfiguration configuration)
        : base(configuration) { }

    protected ClientBase(ChannelBase channel)
        : base(channel) { }

    protected ClientBase(CallInvoker callInvoker)
        : base(callInvoker) { }

    protected abstract T NewInstance(ClientBaseConfiguration configuration);
}
