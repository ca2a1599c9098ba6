using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Glassbox.Launcher;

/// <summary>Starts an image: from the user's cache folder, or where that does not go from a copy in memory.</summary>
internal static partial class Images
{
    // Read by the program, which finds what was installed beside its file by it.
    private const string ProgramVariable = "GLASSBOX_PROGRAM";
    private const uint CloseOnExec = 1;

    /// <summary>Executes the image in place of this process.</summary>
    /// <exception cref="LaunchException">The system refuses.</exception>
    public static void Run(SafeFileHandle file, Image image, string program, string[] arguments)
    {
        Check(SetVariable(ProgramVariable, program, 1), "the environment cannot be set");
        string?[] all = [program, .. arguments, null];
        if (ImageCache.Find(file, image, program) is { } path)
        {
            // Comes back from file systems that nothing may be executed on.
            _ = Execute(path, all);
        }

        Check(Execute($"/proc/self/fd/{Copy(file, image)}", all), "the image cannot be started");
    }

    private static int Copy(SafeFileHandle file, Image image)
    {
        var memory = Create("glassbox", CloseOnExec);
        Check(memory, "no memory for the image");
        for (long done = 0, position = image.Offset; done < image.Length;)
        {
            var sent = Send(memory, (int)file.DangerousGetHandle(), ref position, (nuint)(image.Length - done));
            Check(sent, "the image cannot be read");
            done += sent == 0 ? throw new LaunchException("the program's file is not whole") : sent;
        }

        return memory;
    }

    private static void Check(nint result, string failure)
    {
        if (result < 0)
            throw new LaunchException($"{failure}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Create(string name, uint flags);

    [LibraryImport("libc", EntryPoint = "sendfile64", SetLastError = true)]
    private static partial nint Send(int target, int source, ref long offset, nuint count);

    [LibraryImport("libc", EntryPoint = "setenv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "execv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string path, string?[] arguments);
}
