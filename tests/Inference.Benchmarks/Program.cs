using Inference.Benchmarks.Kernels;

// "kernels [128|256|512] [threads]" sets kernels beside what the machine can do at best; anything else goes to BenchmarkDotNet.
if (args is ["kernels", .. var rest])
    KernelRooflines.Print(rest);
else
    BenchmarkDotNet.Running.BenchmarkSwitcher.FromAssembly(typeof(KernelRooflines).Assembly).Run(args);
