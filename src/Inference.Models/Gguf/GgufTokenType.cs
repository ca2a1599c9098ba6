namespace Inference.Models.Gguf;

/// <summary>Kinds of tokens, numbered as in the file.</summary>
internal enum GgufTokenType
{
    Normal = 1,
    Unknown = 2,
    Control = 3,
    UserDefined = 4,
    Unused = 5,
    Byte = 6,
}
