using Inference.Benchmarks.Kernels;
using Inference.Benchmarks.Steps;
using Inference.Benchmarks.Weights;

// "kernels [best|128|256|512] [threads] [format]…" sets kernels beside what the machine can do at best, or products of some formats alone;
// "weights weights/demo [DIR]…" measures what number formats of weights, and folders that quantize wrote, cost in quality; "steps
// weights/demo/model [threads]" shows where the time of a decode step goes; anything else goes to BenchmarkDotNet
// (--filter "*Product*").
if (args is ["kernels", .. var rest])
    KernelRooflines.Print(rest);
else if (args is ["weights", var demo, .. var folders])
    WeightErrors.Print(demo, folders);
else if (args is ["steps", var folder, .. var threads])
    await StepTimes.PrintAsync(folder, threads.Length > 0 ? int.Parse(threads[0]) : 0);
else
    BenchmarkDotNet.Running.BenchmarkSwitcher.FromAssembly(typeof(KernelRooflines).Assembly).Run(args);
