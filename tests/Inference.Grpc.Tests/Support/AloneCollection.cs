namespace Inference.Grpc.Tests.Support;

/// <summary>Tests that count the memory of the whole process run when no others do.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public static class AloneCollection
{
    public const string Name = "Alone";
}
