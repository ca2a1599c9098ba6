using System.Text;
using Inference.Models.Imaging;

namespace Inference.Models.Tests.Imaging.Processors;

public sealed class ImageProcessorConfigTests
{
    private static ImageProcessor Read(string json) => ImageProcessor.FromJson(Encoding.UTF8.GetBytes(json));

    [Theory]
    [InlineData("""{"feature_extractor_type":"CLIPFeatureExtractor","size":336,"crop_size":336}""")]
    [InlineData("""{"image_processor_type":"CLIPImageProcessorFast","size":{"shortest_edge":336},"crop_size":[336,336]}""")]
    [InlineData("""{"image_processor":{"image_processor_type":"CLIPImageProcessor","size":336,"crop_size":336},"patch_size":14}""")]
    [InlineData("""{"image_processor_type":"CLIPImageProcessor","size":{"shortest_edge":336,"longest_edge":null},"crop_size":336,"do_pad":false,"do_reduce_labels":false,"resample":null,"processor_class":"LlavaProcessor"}""")]
    public void Old_and_new_spellings_mean_the_same(string json)
    {
        var plain = Read(
            """{"image_processor_type":"CLIPImageProcessor","size":{"shortest_edge":336},"crop_size":{"height":336,"width":336}}""");
        Assert.Equal(plain.Preset, Read(json).Preset);
    }

    [Theory]
    [InlineData("size", """{"image_processor_type":"CLIPImageProcessor","size":{"longest_edge":336}}""")]
    [InlineData("size", """{"image_processor_type":"CLIPImageProcessor","size":{"shortest_edge":224,"longest_edge":336}}""")]
    [InlineData("size.shortest_edge", """{"image_processor_type":"CLIPImageProcessor","size":{"shortest_edge":0}}""")]
    [InlineData("size", """{"image_processor_type":"CLIPImageProcessor","size":1e9}""")]
    [InlineData("crop_size", """{"image_processor_type":"CLIPImageProcessor","crop_size":"224"}""")]
    [InlineData("crop_size", """{"image_processor_type":"SiglipImageProcessor","do_center_crop":true}""")]
    [InlineData("resample", """{"image_processor_type":"CLIPImageProcessor","resample":6}""")]
    [InlineData("do_pad", """{"image_processor_type":"CLIPImageProcessor","do_pad":true}""")]
    [InlineData("pad_size", """{"image_processor_type":"LlavaImageProcessor","pad_size":{"height":3,"width":3}}""")]
    [InlineData("do_align_long_axis", """{"image_processor_type":"CLIPImageProcessor","do_align_long_axis":true}""")]
    [InlineData("use_square_size", """{"image_processor_type":"CLIPImageProcessor","use_square_size":true}""")]
    [InlineData("do_rescale", """{"image_processor_type":"CLIPImageProcessor","do_rescale":1}""")]
    [InlineData("image_mean", """{"image_processor_type":"CLIPImageProcessor","image_mean":[0.5,0.5]}""")]
    [InlineData("image_std", """{"image_processor_type":"CLIPImageProcessor","image_std":[0.5,0,0.5]}""")]
    [InlineData("data_format", """{"image_processor_type":"CLIPImageProcessor","data_format":"channels_last"}""")]
    [InlineData("image_processor_type", """{"image_processor_type":"Qwen2VLImageProcessor"}""")]
    [InlineData("image_processor_type", """{"size":336}""")]
    [InlineData("image_grid_pinpoints", """{"image_processor_type":"LlavaNextImageProcessor","image_grid_pinpoints":[[336]]}""")]
    [InlineData("image_grid_pinpoints", """{"image_processor_type":"LlavaNextImageProcessor","image_grid_pinpoints":[]}""")]
    [InlineData("image_grid_pinpoints", """{"image_processor_type":"LlavaNextImageProcessor","image_grid_pinpoints":[[16384,16384]]}""")]
    [InlineData("image_grid_pinpoints", """{"image_processor_type":"LlavaNextImageProcessor","do_center_crop":false,"size":56,"crop_size":56,"image_grid_pinpoints":[[56,84]]}""")]
    [InlineData("file", """["CLIPImageProcessor"]""")]
    [InlineData("file", "{")]
    public void What_changes_numbers_and_is_not_implemented_is_refused_by_name(string key, string json)
    {
        var error = Assert.Throws<ImageProcessorException>(() => Read(json));
        Assert.Equal(key, error.Key);
        Assert.StartsWith($"preprocessor_config.json: {key}: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_preset_tells_every_number_apart()
    {
        const string Start = """{"image_processor_type":"LlavaImageProcessor","size":56,"crop_size":56""";
        string[] changes =
        [
            "", ",\"do_pad\":true", ",\"resample\":2", ",\"do_rescale\":false", ",\"rescale_factor\":0.004", ",\"do_normalize\":false",
            ",\"image_mean\":[0.1,0.2,0.3]", ",\"image_std\":[0.1,0.2,0.3]", ",\"do_center_crop\":false", ",\"do_resize\":false",
        ];
        var presets = changes.Select(c => Read(Start + c + "}").Preset).ToList();
        Assert.Equal(presets.Count, presets.Distinct().Count());
    }

    [Fact]
    public void A_folder_is_read_from_the_nested_configuration_first()
    {
        string folder = Directory.CreateTempSubdirectory("processor").FullName;
        try
        {
            var missing = Assert.Throws<ImageProcessorException>(() => ImageProcessor.FromFolder(folder));
            Assert.Contains("processor_config.json", missing.Message, StringComparison.Ordinal);

            const string Plain = """{"image_processor_type":"CLIPImageProcessor","size":28,"crop_size":28}""";
            File.WriteAllText(Path.Combine(folder, "preprocessor_config.json"), Plain);
            Assert.Equal(28, ImageProcessor.FromFolder(folder).Plan(50, 60).Height);

            // Older folders have the file without the part.
            File.WriteAllText(Path.Combine(folder, "processor_config.json"), """{"patch_size":14}""");
            Assert.Equal(28, ImageProcessor.FromFolder(folder).Plan(50, 60).Height);

            File.WriteAllText(
                Path.Combine(folder, "processor_config.json"), """{"image_processor":{"image_processor_type":"SiglipImageProcessor"}}""");
            Assert.Equal(224, ImageProcessor.FromFolder(folder).Plan(50, 60).Height);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_view_too_large_for_memory_is_refused_before_it_is_made()
    {
        var processor = Read("""{"image_processor_type":"CLIPImageProcessor","size":1024,"do_center_crop":false}""");
        var error = Assert.Throws<ImageException>(() => processor.Plan(16_000, 20));
        Assert.Equal(ImageError.TooLarge, error.Error);
    }
}
