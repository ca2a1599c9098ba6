using Inference.Cli.Output;
using Inference.Models;
using Spectre.Console;

namespace Inference.Cli.Hosting;

/// <summary>Shows how far the weights are while they load, where that takes long enough for a person to wonder.</summary>
internal static class Loading
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(50);

    /// <summary>Runs <paramref name="load"/> on another thread.</summary>
    public static async Task<T> RunAsync<T>(Terminal terminal, string label, Func<IProgress<LoadProgress>, T> load)
    {
        var latest = new Latest();
        var loading = Task.Run(() => load(latest));
        if (terminal.IsErrorInteractive && await Task.WhenAny(loading, Task.Delay(Patience)) != loading)
        {
            await ShowAsync(terminal, label, loading, latest);
        }

        return await loading;
    }

    private static Task ShowAsync(Terminal terminal, string label, Task loading, Latest latest) => terminal.ErrorConsole()
        .Progress()
        .AutoClear(true)
        .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
        .StartAsync(async context =>
        {
            var bar = context.AddTask(Markup.Escape(label));
            while (await Task.WhenAny(loading, Task.Delay(Refresh)) != loading)
            {
                bar.Value = latest.Percent;
            }
        });

    private sealed class Latest : IProgress<LoadProgress>
    {
        private double _percent;

        public double Percent => Volatile.Read(ref _percent);

        public void Report(LoadProgress value) => Volatile.Write(ref _percent, value.Total == 0 ? 100 : 100.0 * value.Done / value.Total);
    }
}
