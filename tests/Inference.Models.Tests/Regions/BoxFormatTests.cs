using FsCheck;
using FsCheck.Fluent;
using Inference.Models.Imaging;
using Inference.Models.Prompts;
using Inference.Models.Regions;

namespace Inference.Models.Tests.Regions;

public sealed class BoxFormatTests
{
    private static readonly BoxFormat Llava = new("[{x1}, {y1}, {x2}, {y2}]", CoordinateSpace.Unit, 2, 1);
    private static readonly BoxFormat Thousand = new("<box>({x1},{y1}),({x2},{y2})</box>", CoordinateSpace.Thousand, 0, 1000);
    private static readonly BoxFormat Transposed = new("<{y1} {x1} {y2} {x2}>", CoordinateSpace.Pixels, 1, 5000);
    private static readonly BoxMapping Square = BoxMapping.Whole(100, 100);

    [Theory]
    // Expected values: Python's f"{value:.2f}".
    [InlineData(0.125, 2, "0.12")]
    [InlineData(0.375, 2, "0.38")]
    [InlineData(0.145, 2, "0.14")]
    [InlineData(0.165, 2, "0.17")]
    [InlineData(0.999, 2, "1.00")]
    [InlineData(0.5, 0, "0")]
    [InlineData(1.5, 0, "2")]
    [InlineData(0.0625, 3, "0.062")]
    [InlineData(12.25, 1, "12.2")]
    [InlineData(0.25, 2, "0.25")]
    public void Numbers_are_rounded_half_to_even(double value, int decimals, string text) =>
        Assert.Equal(text, CoordinateText.Write(value, decimals));

    [Fact]
    public void Boxes_are_written_in_the_space_and_order_of_the_format()
    {
        Box box = new(10, 20, 30, 40);
        Assert.Equal("[0.10, 0.20, 0.30, 0.40]", Llava.Write(box, Square));
        Assert.Equal("<box>(100,200),(300,400)</box>", Thousand.Write(box, Square));
        Assert.Equal("<20.0 10.0 40.0 30.0>", Transposed.Write(box, Square));
    }

    [Fact]
    public void Boxes_follow_the_padding_or_the_crop_of_the_image_processor()
    {
        Box box = new(100, 0, 300, 200);
        Assert.Equal("[0.25, 0.25, 0.75, 0.75]", Llava.Write(box, BoxMapping.SquarePadded(400, 200)));
        Assert.Equal("[0.00, 0.00, 1.00, 1.00]", Llava.Write(box, CenterCrop(400, 200)));
        Assert.Equal(new Box(100, 0, 300, 200), Assert.Single(Llava.Parse("[0, 0, 1, 1]", CenterCrop(400, 200), 400, 200)).Box);
        Assert.Equal(new Box(0, 0, 400, 200), Assert.Single(Llava.Parse("[0, 0, 1, 1]", BoxMapping.SquarePadded(400, 200), 400, 200)).Box);
    }

    [Fact]
    public void A_box_the_crop_cuts_away_is_refused_and_one_it_cuts_is_written_as_far_as_it_is_seen()
    {
        BoxMapping crop = CenterCrop(400, 200);
        PromptException e = Assert.Throws<PromptException>(() => Llava.Write(new Box(0, 0, 100, 200), crop, "regions[1].box"));
        Assert.Equal((PromptError.InvalidRegion, "regions[1].box"), (e.Error, e.Field));
        Assert.Equal("[0.00, 0.00, 0.25, 1.00]", Llava.Write(new Box(0, 0, 150, 200), crop));
    }

    [Fact]
    public void Values_above_the_largest_are_cut_to_it() =>
        Assert.Equal(
            "[0.50,0.50,0.99,0.99]",
            new BoxFormat("[{x1},{y1},{x2},{y2}]", CoordinateSpace.Unit, 2, 0.99).Write(new Box(50, 50, 100, 100), Square));

    [Theory]
    [InlineData("[0.10, 0.20, 0.30, 0.40]")]
    [InlineData("[0.10,0.20,0.30,0.40]")]
    [InlineData("[ .1 ,\n.2,  .3 , .4 ]")]
    [InlineData("It is at [0.1, 0.2, 0.3, 0.4].")]
    [InlineData("[[0.1, 0.2, 0.3, 0.4]]")]
    [InlineData("[0.1, 0.2, [0.1, 0.2, 0.3, 0.4]")]
    public void Boxes_are_found_whatever_the_blanks_and_decimals(string text)
    {
        FoundBox found = Assert.Single(Llava.Parse(text, Square, 100, 100));
        Assert.Equal(10, found.Box.X1, 1e-9);
        Assert.Equal(20, found.Box.Y1, 1e-9);
        Assert.Equal(30, found.Box.X2, 1e-9);
        Assert.Equal(40, found.Box.Y2, 1e-9);
        Assert.StartsWith("[", text[found.Start..], StringComparison.Ordinal);
        Assert.Equal(']', text[found.Start + found.Length - 1]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no box")]
    [InlineData("[0.1, 0.2, 0.3]")]
    [InlineData("[0.1, 0.2, 0.3, 0.4")]
    [InlineData("[0.3, 0.2, 0.1, 0.4]")]
    [InlineData("[0.1, 0.2, 0.1, 0.4]")]
    [InlineData("[0.1, 0.2, 1.3, 0.4]")]
    [InlineData("[-0.1, 0.2, 0.3, 0.4]")]
    [InlineData("[0.1, 0.2, 0.3, 1e9]")]
    [InlineData("[0.1, 0.2, 0.3, 0.4.5]")]
    [InlineData("[0.1, 0.2, ., 0.4]")]
    [InlineData("[0.00000000000000001, 0.2, 0.3, 0.4]")]
    public void Nonsense_is_no_box(string text) => Assert.Empty(Llava.Parse(text, Square, 100, 100));

    [Fact]
    public void Several_boxes_come_in_the_order_of_the_text()
    {
        IReadOnlyList<FoundBox> found = Thousand.Parse(
            "a <box>(0,0),(500,500)</box> b<box>(1,2),(1,2)</box><box>(500, 500), (1000, 1000)</box>", Square, 100, 100);
        Assert.Equal([new Box(0, 0, 50, 50), new Box(50, 50, 100, 100)], found.Select(f => f.Box));
        Assert.Equal([2, 52], found.Select(f => f.Start));
    }

    [Fact]
    public void A_format_of_bare_numbers_needs_its_blanks_and_whole_numbers()
    {
        BoxFormat bare = new("{x1} {y1} {x2} {y2}", CoordinateSpace.Thousand, 0, 1000);
        Assert.Equal(new Box(10, 20, 30, 40), Assert.Single(bare.Parse("at 100 200  300 400", Square, 100, 100)).Box);
        Assert.Empty(bare.Parse("100200300400", Square, 100, 100));
        Assert.Empty(bare.Parse("9100 200 300 400", Square, 100, 100));
    }

    [Fact]
    public void A_box_that_is_written_and_read_moves_by_at_most_half_a_unit_of_its_last_decimal()
    {
        Gen<(Box, int, int)> boxes =
            from width in Gen.Choose(500, 4000)
            from height in Gen.Choose(500, 4000)
            from x in Gen.Choose(0, 899)
            from y in Gen.Choose(0, 899)
            from w in Gen.Choose(30, 100)
            from h in Gen.Choose(30, 100)
            select (new Box(x / 1000.0 * width, y / 1000.0 * height, (x + w) / 1000.0 * width, (y + h) / 1000.0 * height), width, height);
        Prop.ForAll(boxes.ToArbitrary(), input =>
        {
            (Box box, int width, int height) = input;
            BoxMapping view = BoxMapping.SquarePadded(width, height);
            foreach (BoxFormat format in (BoxFormat[])[new("[{x1},{y1},{x2},{y2}]", CoordinateSpace.Unit, 3, 1), Thousand, Transposed])
            {
                Box back = format.Parse(format.Write(box, view), view, width, height).Single().Box;
                double quantum = Math.Pow(
                    10,
                    -format.Decimals) * (format.Space == CoordinateSpace.Pixels
                        ? 1
                        : Math.Max(width, height) / BoxFormat.Extent(format.Space));
                double moved = new[] { back.X1 - box.X1, back.Y1 - box.Y1, back.X2 - box.X2, back.Y2 - box.Y2 }.Max(Math.Abs);
                if (moved > quantum / 2 + 1e-6) return false;
            }
            return true;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Any_text_is_read_without_failing_in_linear_time()
    {
        Prop.ForAll(Gen.Elements("[", "]", ",", " ", "0", ".", "5", "1", "x").ArrayOf().Select(string.Concat).ToArbitrary(), text =>
            Llava.Parse(text, Square, 100, 100)
                .All(found => found.Box.IsProper && found.Box == found.Box.ClipTo(100, 100))).QuickCheckThrowOnFailure();
        Assert.Empty(Llava.Parse(string.Concat(Enumerable.Repeat("[0.1,", 100_000)), Square, 100, 100));
        Assert.Empty(Llava.Parse(new string('[', 300_000) + new string(' ', 300_000), Square, 100, 100));
    }

    // The square in the middle, as long as the shorter side.
    private static BoxMapping CenterCrop(int width, int height)
    {
        double side = Math.Min(width, height);
        return new BoxMapping(1 / side, (side - width) / 2 / side, 1 / side, (side - height) / 2 / side);
    }
}
