namespace Inference.Server;

/// <summary>What a server proves its identity with.</summary>
/// <param name="CertificateFile">PEM file of the certificate, followed by its chain.</param>
/// <param name="KeyFile">PEM file of the private key.</param>
public sealed record TlsOptions(string CertificateFile, string KeyFile);
