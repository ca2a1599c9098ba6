using System.Text;
using Inference.Models.Imaging;

namespace Inference.Models.Tests.Imaging.Processors;

public sealed class BoxMappingTests
{
    private static BoxMapping Of(string config, int width, int height) =>
        ImageProcessor.FromJson(Encoding.UTF8.GetBytes(config)).Plan(width, height).Mapping;

    private static void Same((double X, double Y) expected, (double X, double Y) actual)
    {
        Assert.Equal(expected.X, actual.X, 1e-12);
        Assert.Equal(expected.Y, actual.Y, 1e-12);
    }

    [Fact]
    public void A_centre_crop_sees_the_middle_of_a_wide_image()
    {
        // 200x100 is resized to 112x56 and columns 28 to 84 are kept.
        var mapping = Of("""{"image_processor_type":"CLIPImageProcessor","size":56,"crop_size":56}""", 200, 100);
        Same((0, 0), mapping.ToView(50, 0));
        Same((1, 1), mapping.ToView(150, 100));
        Same((-0.5, 0.5), mapping.ToView(0, 50));
    }

    [Fact]
    public void A_crop_larger_than_the_image_pads_it()
    {
        // 40x40 is resized to 20x20 and lies at 10 of 40.
        var mapping = Of("""{"image_processor_type":"CLIPImageProcessor","size":20,"crop_size":40}""", 40, 40);
        Same((0.25, 0.25), mapping.ToView(0, 0));
        Same((0.75, 0.75), mapping.ToView(40, 40));
    }

    [Fact]
    public void A_squeezed_image_fills_the_view() =>
        Same((1, 1), Of("""{"image_processor_type":"SiglipImageProcessor","size":{"height":70,"width":42}}""", 333, 17).ToView(333, 17));

    [Fact]
    public void The_first_view_of_LLaVA_NeXT_is_the_whole_image() =>
        Same((0.5, 1), Of("""{"image_processor_type":"LlavaNextImageProcessor","crop_size":336,"size":336}""", 640, 480).ToView(320, 480));

    [Fact]
    public void Padding_to_a_square_is_LLaVAs_coordinate_space()
    {
        var padded = Of("""{"image_processor_type":"LlavaImageProcessor","size":56,"crop_size":56,"do_pad":true}""", 200, 100);
        Same((0, 0.25), padded.ToView(0, 0));
        Same((1, 0.75), padded.ToView(200, 100));
        Same(padded.ToView(31, 17), BoxMapping.SquarePadded(200, 100).ToView(31, 17));
    }

    [Fact]
    public void Mapping_there_and_back_is_the_identity()
    {
        var random = new Random(5);
        for (int i = 0; i < 200; i++)
        {
            int width = random.Next(1, 900), height = random.Next(1, 900);
            var mapping = Of(
                """{"image_processor_type":"CLIPImageProcessor","size":70,"crop_size":{"height":45,"width":90}}""", width, height);
            var (x, y) = (random.NextDouble() * width, random.NextDouble() * height);
            var view = mapping.ToView(x, y);
            var back = mapping.ToPixels(view.X, view.Y);
            Assert.Equal(x, back.X, 1e-9);
            Assert.Equal(y, back.Y, 1e-9);
        }
    }
}
