using Glassbox.V1;
using Inference.Engine;

namespace Inference.Server.Services;

/// <summary>A region of a DescribeRegions call in the engine.</summary>
/// <param name="Source">As the request has it.</param>
/// <param name="Generation">Its answer.</param>
/// <param name="WasCut">Its number of tokens was cut to what the context holds.</param>
internal sealed record RunningRegion(Region Source, Generation Generation, bool WasCut);
