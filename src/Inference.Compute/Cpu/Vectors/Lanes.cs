// Sixteen lanes in registers of each width: what norms, sums and element-wise kernels work in.
global using Lanes128 = Inference.Compute.Cpu.SimdPair<Inference.Compute.Cpu.SimdPair<Inference.Compute.Cpu.Simd128>>;
global using Lanes256 = Inference.Compute.Cpu.SimdPair<Inference.Compute.Cpu.Simd256>;
global using Lanes512 = Inference.Compute.Cpu.Simd512;
