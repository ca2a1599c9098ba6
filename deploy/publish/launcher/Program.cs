using Glassbox.Launcher;

// Replaces itself by the image for this processor; what returns is a failure.
try
{
    var program = Environment.ProcessPath ?? throw new LaunchException("the system does not name the program's file");
    using var file = File.OpenHandle(program);
    var image = ImageTable.Read(file).Choose(Environment.GetEnvironmentVariable(ImageTable.LevelVariable));
    Images.Run(file, image, program, args);
    return 0;
}
catch (Exception failure) when (failure is LaunchException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"glassbox: {failure.Message}");
    return 1;
}
