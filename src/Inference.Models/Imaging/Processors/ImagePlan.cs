namespace Inference.Models.Imaging;

/// <summary>What a processor will make of an image of a given size, known from its header alone.</summary>
/// <param name="Tiles">Views of the image; see <see cref="PixelValues.Tiles"/>.</param>
/// <param name="Height">Rows of a tile.</param>
/// <param name="Width">Columns of a tile.</param>
/// <param name="Grid">Rows and columns of tiles the image was cut into; 1x1 where it was not cut.</param>
/// <param name="OriginalSize">Pixels of the image before any resizing.</param>
/// <param name="Mapping">Original pixels to the view of the whole image (tile 0) and back.</param>
public sealed record ImagePlan(
    int Tiles, int Height, int Width, (int Rows, int Columns) Grid, (int Height, int Width) OriginalSize, BoxMapping Mapping);
