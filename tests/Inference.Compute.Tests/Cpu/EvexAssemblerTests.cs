using Inference.Compute.Cpu;

namespace Inference.Compute.Tests.Cpu;

public sealed class EvexAssemblerTests
{
    /// <summary>What GNU as makes of the instruction of the same name, but for a displacement of zero, which it leaves out.</summary>
    [Fact]
    public void Instructions_are_encoded_as_another_assembler_does_it()
    {
        var expected = new (string Code, Action<EvexAssembler> Write)[]
        {
            ("62617E486F5600", code => code.Load(26, GeneralRegister.Rsi, 0)),
            ("62E17E487F7917", code => code.Store(23, GeneralRegister.Rcx, 1472)),
            ("62E27D48585F17", code => code.Broadcast(19, GeneralRegister.Rdi, 92)),
            ("B88080808062627D487CE0", code => code.Broadcast(28, 0x80808080)),
            ("62013D40EFC0", code => code.Xor(24, 24, 24)),
            ("62611D40EF4E10", code => code.Xor(25, 28, GeneralRegister.Rsi, 1024)),
            ("62012D40DBC5", code => code.And(24, 26, 29)),
            ("62913D4072F210", code => code.ShiftLeft(24, 26, 16)),
            ("6291254072D304", code => code.ShiftRight(27, 27, 4)),
            ("62E23550507F77", code => code.DotBytes(23, 25, GeneralRegister.Rdi, 476)),
            ("62A17C485BFF", code => code.ToSingle(23, 23)),
            ("62613450595F0B", code => code.Multiply(27, 25, GeneralRegister.Rdi, 44)),
            ("62722540A86101", code => code.MultiplyAdd(12, 27, GeneralRegister.Rcx, 64)),
            ("0F189680080000", code => code.Prefetch(GeneralRegister.Rsi, 2176)),
            ("4881C7E0010000", code => code.Add(GeneralRegister.Rdi, 480)),
            ("FFCA0F85F8FFFFFF", code => code.CountDown(0)),
            ("C5F877C3", code => code.Return()),
        };
        foreach (var (bytes, write) in expected)
        {
            var assembler = new EvexAssembler();
            write(assembler);
            Assert.Equal(bytes, Convert.ToHexString(assembler.Code));
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(512)]
    [InlineData(-516)]
    public void An_offset_that_does_not_fit_is_refused(int offset)
    {
        var assembler = new EvexAssembler();
        Assert.Throws<ArgumentOutOfRangeException>(() => assembler.Broadcast(0, GeneralRegister.Rdi, offset));
    }

    [Fact]
    public unsafe void Code_can_be_called()
    {
        // mov eax, 42; ret
        using var memory = ExecutableMemory.Create([0xB8, 42, 0, 0, 0, 0xC3]);
        if (memory is not null && System.Runtime.Intrinsics.X86.X86Base.IsSupported)
            Assert.Equal(42, ((delegate* unmanaged[Cdecl]<int>)memory.Address)());
    }
}
