namespace Inference.Server.Errors;

/// <summary>The engine could not go on with a request. For the log; clients get a fixed text.</summary>
internal sealed class GenerationFailedException(Exception? inner) : Exception("The engine could not go on with the request.", inner);
