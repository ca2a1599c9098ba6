using System.Reflection;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Inference.Compute.Cpu;

namespace Inference.Benchmarks.Kernels;

/// <summary>A benchmark whose work is known.</summary>
public interface IRoofed
{
    /// <summary>Floating-point operations of a call.</summary>
    double Operations { get; }

    /// <summary>Bytes that a call cannot help but read.</summary>
    double BytesRead { get; }
}

/// <summary>Short runs in this process, with the share of the arithmetic peak and of the read bandwidth beside the times.</summary>
public sealed class RooflineConfig : ManualConfig
{
    private static readonly Lazy<(double Peak, double Bandwidth)> Roof = new(() =>
    {
        using var backend = new CpuBackend(new CpuOptions());
        return (CpuRoofline.MeasurePeak(backend), CpuRoofline.MeasureReadBandwidth(backend));
    });

    public RooflineConfig()
    {
        AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
        AddColumn(
            new ShareColumn("of FMA peak", (work, seconds) => work.Operations / seconds / Roof.Value.Peak),
            new ShareColumn("of read bandwidth", (work, seconds) => work.BytesRead / seconds / Roof.Value.Bandwidth));
    }

    private sealed class ShareColumn(string name, Func<IRoofed, double, double> share) : IColumn
    {
        public string Id => name;

        public string ColumnName => name;

        public bool AlwaysShow => true;

        public ColumnCategory Category => ColumnCategory.Custom;

        public int PriorityInCategory => 0;

        public bool IsNumeric => true;

        public UnitType UnitType => UnitType.Dimensionless;

        public string Legend => $"Share {name}, which are measured before the table is made";

        public string GetValue(Summary summary, BenchmarkCase benchmarkCase)
        {
            if (summary[benchmarkCase]?.ResultStatistics is not { } statistics)
                return "?";
            var work = Activator.CreateInstance(benchmarkCase.Descriptor.Type)!;
            foreach (var parameter in benchmarkCase.Parameters.Items)
                work.GetType().GetProperty(parameter.Name, BindingFlags.Public | BindingFlags.Instance)!.SetValue(work, parameter.Value);
            return share((IRoofed)work, statistics.Median / 1e9).ToString("P0", summary.GetCultureInfo());
        }

        public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => GetValue(summary, benchmarkCase);

        public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

        public bool IsAvailable(Summary summary) => true;
    }
}
