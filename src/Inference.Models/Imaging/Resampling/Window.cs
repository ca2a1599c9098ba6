namespace Inference.Models.Imaging.Resampling;

/// <summary>The part of a resized image that is wanted, in pixels of the resized image.</summary>
internal readonly record struct Window(int X, int Y, int Width, int Height);
