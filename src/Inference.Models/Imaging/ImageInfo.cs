namespace Inference.Models.Imaging;

/// <summary>What the header of an encoded image says, before any pixel is decoded.</summary>
/// <param name="Format">The encoding, by magic bytes.</param>
/// <param name="Width">Width in pixels of the image as <see cref="ImageDecoder.Decode"/> returns it.</param>
/// <param name="Height">Height in pixels of the image as <see cref="ImageDecoder.Decode"/> returns it.</param>
/// <param name="Orientation">EXIF orientation, 1 to 8; 1 (upright) where the file has none.</param>
/// <param name="Animated">More frames follow the first, which is the one that is decoded.</param>
public readonly record struct ImageInfo(ImageFormat Format, int Width, int Height, int Orientation, bool Animated);
