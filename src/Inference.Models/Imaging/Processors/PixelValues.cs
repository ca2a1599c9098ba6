namespace Inference.Models.Imaging;

/// <summary>What a vision tower reads.</summary>
/// <param name="Tiles">Views of the image: 1, or for LLaVA-NeXT the whole image and then its tiles in raster order.</param>
/// <param name="Channels">3: red, green, blue.</param>
/// <param name="Height">Rows of a tile.</param>
/// <param name="Width">Columns of a tile.</param>
/// <param name="Data">[Tiles, Channels, Height, Width]</param>
/// <param name="OriginalSize">Pixels of the image before any resizing.</param>
public sealed record PixelValues(int Tiles, int Channels, int Height, int Width, float[] Data, (int Height, int Width) OriginalSize);
