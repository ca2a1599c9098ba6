using Inference.Models.Checkpoints;
using Inference.Testing;

namespace Inference.Models.Tests.Checkpoints;

public sealed class CheckpointTests
{
    public static TheoryData<string> Models { get; } = [.. Goldens.Models];

    [Theory]
    [MemberData(nameof(Models))]
    public void Every_tensor_a_model_needs_is_found_in_its_golden_and_nothing_is_left(string model)
    {
        using var checkpoint = Checkpoint.Open(Goldens.Folder(model));

        AllTensors.Require(checkpoint);

        Assert.Empty(checkpoint.UnusedTensors());
    }
}
