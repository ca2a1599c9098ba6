using Inference.Models.Checkpoints;

namespace Inference.Models.Tests.Checkpoints;

/// <summary>Each way a file can be wrong, with the tensor and the reason its error names.</summary>
public sealed class MalformedSafetensorsTests
{
    public static TheoryData<string, int, string?, string> Headers { get; } = new()
    {
        // header, bytes of data, tensor named, reason
        { "[]", 0, null, "does not begin with '{'" },
        { " {}", 0, null, "does not begin with '{'" },
        { "{", 0, null, "not valid JSON" },
        { "{} x", 0, null, "not valid JSON" },
        { """{"a":1,}""", 0, "a", "an object with dtype" },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},}""", 4, null, "not valid JSON" },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":{"y":{"z":{"deep":[[[[[[1]]]]]]}}}}}""", 4, "a", "unknown field 'x'" },
        { """{"\ud800":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, null, "not valid text" },
        { """{"a":null}""", 0, "a", "an object with dtype" },
        { """{"a":{"shape":[1],"data_offsets":[0,4]}}""", 4, "a", "dtype is missing" },
        { """{"a":{"dtype":"F32","data_offsets":[0,4]}}""", 4, "a", "shape is missing" },
        { """{"a":{"dtype":"F32","shape":[1]}}""", 4, "a", "data_offsets is missing" },
        { """{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "a", "dtype occurs twice" },
        { """{"a":{"dtype":5,"shape":[1],"data_offsets":[0,4]}}""", 4, "a", "dtype is not a string" },
        { """{"a":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]}}""", 4, "a", "dtype 'F8_E4M3' is not supported" },
        { """{"a":{"dtype":"f32","shape":[1],"data_offsets":[0,4]}}""", 4, "a", "dtype 'f32' is not supported" },
        { """{"a":{"dtype":"F32","shape":1,"data_offsets":[0,4]}}""", 4, "a", "shape is not an array" },
        { """{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "a", "shape holds something else" },
        { """{"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}""", 4, "a", "shape holds something else" },
        { """{"a":{"dtype":"F32","shape":[18446744073709551615],"data_offsets":[0,4]}}""", 4, "a", "shape holds something else" },
        { """{"a":{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}}""", 4, "a", "shape holds something else" },
        { """{"a":{"dtype":"U8","shape":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],"data_offsets":[0,1]}}""", 1, "a", "shape has more than 16" },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}""", 4, "a", "data_offsets has 1 numbers" },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}""", 8, "a", "data_offsets has more than 2" },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4, "a", "end before they begin" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "a", "need 8 bytes, but data_offsets [0, 4] hold 4" },
        { """{"a":{"dtype":"F32","shape":[9223372036854775807,2],"data_offsets":[0,4]}}""", 4, "a", "more bytes than 64 bits" },
        { """{"a":{"dtype":"F32","shape":[9223372036854775807],"data_offsets":[0,4]}}""", 4, "a", "more bytes than 64 bits" },
        { """{"a":{"dtype":"F32","shape":[9223372036854775807,2,0],"data_offsets":[0,0]}}""", 0, "a", "more bytes than 64 bits" },
        { """{"a":{"dtype":"U8","shape":[9223372036854775807],"data_offsets":[0,9223372036854775807]}}""", 4, "a", "the file is truncated" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "a", "only 4 bytes of data follow" },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 8, null, "8 bytes of data found, but the tensors cover only 4" },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "a", "leave a hole" },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""", 12, "b", "leave a hole" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "b", "overlap" },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "b", "overlap" },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "a", "occurs twice" },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"\u0061":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "a", "occurs twice" },
        { """{"__metadata__":{"a":1}}""", 0, "__metadata__", "not a string" },
        { """{"__metadata__":[]}""", 0, "__metadata__", "an object of strings" },
        { """{"__metadata__":{"a":"1","a":"2"}}""", 0, "__metadata__", "occurs twice" },
    };

    [Theory]
    [MemberData(nameof(Headers))]
    public void A_wrong_header_is_refused_with_file_tensor_and_reason(string header, int dataLength, string? tensor, string reason)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("bad.safetensors", RawSafetensors.File(header, dataLength));

        var error = Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(path));

        Assert.StartsWith("bad.safetensors: ", error.Message, StringComparison.Ordinal);
        Assert.Equal(tensor, error.Subject);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100_000_001, "at most 100000000")]
    [InlineData(-1, "18446744073709551615 found; at most")]
    [InlineData(3, "only 2 bytes follow")]
    [InlineData(1, "not valid JSON")]
    [InlineData(0, "does not begin")]
    public void A_wrong_header_length_is_refused(long stated, string reason)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("bad.safetensors", RawSafetensors.File("{}", 0, stated));

        Assert.Contains(reason, Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_of_less_than_eight_bytes_and_missing_files_are_refused()
    {
        using var folder = new TemporaryFolder();

        Assert.Contains("empty", Refused(folder.Write("empty.safetensors", "")), StringComparison.Ordinal);
        Assert.Contains("5 bytes found", Refused(folder.Write("short.safetensors", "hello")), StringComparison.Ordinal);
        Assert.StartsWith(
            "none.safetensors: cannot be read", Refused(Path.Combine(folder.Path, "none.safetensors")), StringComparison.Ordinal);

        static string Refused(string path) => Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(path)).Message;
    }

    [Fact]
    public void Names_from_a_file_reach_the_message_without_control_characters_and_shortened()
    {
        using var folder = new TemporaryFolder();
        var name = "\\u001b[2J" + new string('x', 5000);
        var path = folder.Write("bad.safetensors", RawSafetensors.File($$"""{"{{name}}":null}""", 0));

        var message = Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(path)).Message;

        Assert.DoesNotContain('\u001b', message);
        Assert.InRange(message.Length, 100, 400);
    }
}
