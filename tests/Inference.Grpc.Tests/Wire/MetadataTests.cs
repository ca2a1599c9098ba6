using Grpc.Core;

namespace Inference.Grpc.Tests.Wire;

public class MetadataTests
{
    [Fact]
    public void Keys_are_lower_case_and_the_last_of_a_key_counts()
    {
        var metadata = new Metadata { { "Key", "1" }, { "kEY", "2" } };
        Assert.Equal("2", metadata.GetValue("KEY"));
        Assert.Equal(["1", "2"], metadata.GetAll("key").Select(entry => entry.Value));
        Assert.Null(metadata.Get("other"));
    }

    [Fact]
    public void The_suffix_of_the_key_decides_between_text_and_bytes()
    {
        Assert.Throws<ArgumentException>(() => new Metadata.Entry("data-bin", "text"));
        Assert.Throws<ArgumentException>(() => new Metadata.Entry("data", [1]));
        Assert.Throws<ArgumentException>(() => new Metadata.Entry("two words", "text"));
        Assert.Throws<InvalidOperationException>(() => new Metadata.Entry("data-bin", [1]).Value);
    }

    [Fact]
    public void Bytes_of_an_entry_cannot_be_changed_from_outside()
    {
        byte[] bytes = [1];
        var entry = new Metadata.Entry("data-bin", bytes);
        bytes[0] = 2;
        entry.ValueBytes[0] = 3;
        Assert.Equal([1], entry.ValueBytes);
    }

    [Fact]
    public void The_empty_metadata_stays_empty() => Assert.Throws<InvalidOperationException>(() => Metadata.Empty.Add("key", "value"));
}
