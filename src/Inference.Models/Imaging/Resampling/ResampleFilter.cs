namespace Inference.Models.Imaging.Resampling;

/// <summary>Resampling filters, with the numbers that Pillow and image processor configs use.</summary>
internal enum ResampleFilter
{
    Nearest = 0,
    Lanczos = 1,
    Bilinear = 2,
    Bicubic = 3,
    Box = 4,
    Hamming = 5,
}
