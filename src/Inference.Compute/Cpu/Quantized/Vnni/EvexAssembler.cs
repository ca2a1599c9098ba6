namespace Inference.Compute.Cpu;

/// <summary>A general register of the x86-64 System V calling convention by its number in machine code.</summary>
internal enum GeneralRegister
{
    Rax = 0,
    Rcx = 1,
    Rdx = 2,
    Rsi = 6,
    Rdi = 7,
}

/// <summary>
/// Writes the machine code of a few 512-bit instructions. Encodings follow the Intel 64 manual, volume 2: section 2.7 for the EVEX prefix,
/// the pages of the instructions for map, prefix and opcode.
/// </summary>
internal sealed class EvexAssembler
{
    private const int Map0F = 1;
    private const int Map0F38 = 2;
    private const int No = 0;
    private const int P66 = 1;
    private const int PF3 = 2;
    private const int RegisterBytes = 64;
    private const int LaneBytes = 4;
    private readonly List<byte> _code = [];

    /// <summary>What was written.</summary>
    public ReadOnlySpan<byte> Code => _code.ToArray();

    /// <summary>Bytes written so far.</summary>
    public int Position => _code.Count;

    /// <summary>A zmm register ← 64 bytes.</summary>
    public void Load(int register, GeneralRegister address, int offset) =>
        Memory(Map0F, PF3, 0x6F, register, 0, address, offset, RegisterBytes);

    /// <summary>64 bytes ← a zmm register.</summary>
    public void Store(int register, GeneralRegister address, int offset) =>
        Memory(Map0F, PF3, 0x7F, register, 0, address, offset, RegisterBytes);

    /// <summary>All lanes ← 32 bits of memory (VPBROADCASTD).</summary>
    public void Broadcast(int register, GeneralRegister address, int offset) =>
        Memory(Map0F38, P66, 0x58, register, 0, address, offset, LaneBytes);

    /// <summary>All lanes ← a constant, by way of eax.</summary>
    public void Broadcast(int register, uint bits)
    {
        Bytes(0xB8);
        Word((int)bits);
        Registers(Map0F38, P66, 0x7C, register, 0, (int)GeneralRegister.Rax);
    }

    /// <summary>target ← a xor b (VPXORD).</summary>
    public void Xor(int target, int a, int b) => Registers(Map0F, P66, 0xEF, target, a, b);

    /// <summary>target ← a xor 64 bytes of memory.</summary>
    public void Xor(int target, int a, GeneralRegister address, int offset) =>
        Memory(Map0F, P66, 0xEF, target, a, address, offset, RegisterBytes);

    /// <summary>target ← a and b (VPANDD).</summary>
    public void And(int target, int a, int b) => Registers(Map0F, P66, 0xDB, target, a, b);

    /// <summary>target ← source shifted left within lanes (VPSLLD).</summary>
    public void ShiftLeft(int target, int source, byte count)
    {
        Registers(Map0F, P66, 0x72, 6, target, source);
        Bytes(count);
    }

    /// <summary>target ← source shifted right within lanes (VPSRLD).</summary>
    public void ShiftRight(int target, int source, byte count)
    {
        Registers(Map0F, P66, 0x72, 2, target, source);
        Bytes(count);
    }

    /// <summary>
    /// sum ← sum + four products per lane of unsigned bytes and signed bytes, the latter broadcast from memory (VPDPBUSD).
    /// </summary>
    public void DotBytes(int sum, int unsigned, GeneralRegister address, int offset) =>
        Memory(Map0F38, P66, 0x50, sum, unsigned, address, offset, LaneBytes, broadcast: true);

    /// <summary>target ← source as float32 (VCVTDQ2PS).</summary>
    public void ToSingle(int target, int source) => Registers(Map0F, No, 0x5B, target, 0, source);

    /// <summary>target ← a · a float32 of memory (VMULPS).</summary>
    public void Multiply(int target, int a, GeneralRegister address, int offset) =>
        Memory(Map0F, No, 0x59, target, a, address, offset, LaneBytes, broadcast: true);

    /// <summary>target ← target · b + 64 bytes of memory, rounded once (VFMADD213PS).</summary>
    public void MultiplyAdd(int target, int b, GeneralRegister address, int offset) =>
        Memory(Map0F38, P66, 0xA8, target, b, address, offset, RegisterBytes);

    /// <summary>Fetches a line into the second-level cache (PREFETCHT1).</summary>
    public void Prefetch(GeneralRegister address, int offset)
    {
        Bytes(0x0F, 0x18, (byte)(0x80 | (2 << 3) | (int)address));
        Word(offset);
    }

    /// <summary>register ← register + count.</summary>
    public void Add(GeneralRegister register, int count)
    {
        Bytes(0x48, 0x81, (byte)(0xC0 | (int)register));
        Word(count);
    }

    /// <summary>edx ← edx − 1, and on from <paramref name="position"/> unless that gave zero.</summary>
    public void CountDown(int position)
    {
        Bytes(0xFF, 0xCA, 0x0F, 0x85);
        Word(position - (_code.Count + sizeof(int)));
    }

    /// <summary>Back to the caller, whose own vector code need not wait for upper halves (VZEROUPPER).</summary>
    public void Return() => Bytes(0xC5, 0xF8, 0x77, 0xC3);

    private void Registers(int map, int prefix, byte opcode, int reg, int second, int rm)
    {
        Prefix(map, prefix, reg, second, (~rm >> 4) & 1, (~rm >> 3) & 1, broadcast: false);
        Bytes(opcode, (byte)(0xC0 | ((reg & 7) << 3) | (rm & 7)));
    }

    /// <summary>Offsets are written as one byte that counts elements of <paramref name="unit"/> bytes.</summary>
    private void Memory(
        int map, int prefix, byte opcode, int reg, int second, GeneralRegister address, int offset, int unit, bool broadcast = false)
    {
        if (offset % unit != 0 || offset / unit is < sbyte.MinValue or > sbyte.MaxValue)
            throw new ArgumentOutOfRangeException(
                nameof(offset), offset, $"A multiple of {unit} that fits a byte when divided was expected.");
        Prefix(map, prefix, reg, second, 1, 1, broadcast);
        Bytes(opcode, (byte)(0x40 | ((reg & 7) << 3) | (int)address), (byte)(offset / unit));
    }

    // Register numbers have five bits: three in the last byte, the others inverted in the prefix.
    private void Prefix(int map, int prefix, int reg, int second, int invertedX, int invertedB, bool broadcast)
    {
        const int Length512 = 2 << 5;
        Bytes(
            0x62,
            (byte)((((~reg >> 3) & 1) << 7) | (invertedX << 6) | (invertedB << 5) | (((~reg >> 4) & 1) << 4) | map),
            (byte)(((~second & 15) << 3) | (1 << 2) | prefix),
            (byte)(Length512 | (broadcast ? 1 << 4 : 0) | (((~second >> 4) & 1) << 3)));
    }

    private void Bytes(params ReadOnlySpan<byte> bytes) => _code.AddRange(bytes);

    private void Word(int value) => Bytes((byte)value, (byte)(value >> 8), (byte)(value >> 16), (byte)(value >> 24));
}
