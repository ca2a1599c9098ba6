using Google.Protobuf.Reflection;

namespace Grpc.Reflection;

/// <summary>The proto files behind a set of services, by file name and by every symbol they declare.</summary>
internal sealed class DescriptorIndex
{
    private readonly Dictionary<string, FileDescriptor> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FileDescriptor> _symbols = new(StringComparer.Ordinal);
    private readonly HashSet<string> _messages = new(StringComparer.Ordinal);

    public DescriptorIndex(IEnumerable<ServiceDescriptor> services)
    {
        ServiceNames = [.. services.Select(service => service.FullName).Order(StringComparer.Ordinal)];
        foreach (var service in services)
            AddFile(service.File);
    }

    public IReadOnlyList<string> ServiceNames { get; }

    public FileDescriptor? FindFile(string name) => _files.GetValueOrDefault(name);

    public FileDescriptor? FindSymbol(string fullName) => _symbols.GetValueOrDefault(fullName.TrimStart('.'));

    public bool HasMessage(string fullName) => _messages.Contains(fullName.TrimStart('.'));

    /// <summary>The file and all that it imports, imports first.</summary>
    public static IReadOnlyList<FileDescriptor> WithImports(FileDescriptor file)
    {
        var ordered = new List<FileDescriptor>();
        Visit(file);
        return ordered;

        void Visit(FileDescriptor next)
        {
            if (ordered.Contains(next)) return;
            foreach (var import in next.Dependencies)
                Visit(import);
            ordered.Add(next);
        }
    }

    private void AddFile(FileDescriptor file)
    {
        if (!_files.TryAdd(file.Name, file)) return;
        foreach (var import in file.Dependencies)
            AddFile(import);
        foreach (var message in file.MessageTypes)
            AddMessage(message);
        foreach (var type in file.EnumTypes)
            AddEnum(type);
        foreach (var service in file.Services)
        {
            _symbols[service.FullName] = file;
            foreach (var method in service.Methods)
                _symbols[method.FullName] = file;
        }
    }

    private void AddMessage(MessageDescriptor message)
    {
        _symbols[message.FullName] = message.File;
        _messages.Add(message.FullName);
        foreach (var field in message.Fields.InDeclarationOrder())
            _symbols[field.FullName] = message.File;
        foreach (var nested in message.NestedTypes)
            AddMessage(nested);
        foreach (var type in message.EnumTypes)
            AddEnum(type);
    }

    private void AddEnum(EnumDescriptor type)
    {
        _symbols[type.FullName] = type.File;
        // The values of an enum are named in the scope that holds the enum.
        var scope = type.FullName[..^type.Name.Length];
        foreach (var value in type.Values)
            _symbols[scope + value.Name] = type.File;
    }
}
