using Glassbox.V1;
using Inference.Server.Calls;

namespace Inference.Server.Services;

/// <summary>GetLoad: the gauges of routers and autoscalers, and counters for those who measure.</summary>
internal static class GetLoadHandler
{
    public static GetLoadResponse Run(GetLoadRequest request, Call call)
    {
        var models = request.Model.Length > 0 ? [call.FindModel(request.Model)] : call.Models.Models;
        var response = new GetLoadResponse
        {
            ImageCacheHits = (ulong)call.Models.Images.Hits,
            ImageCacheMisses = (ulong)call.Models.Images.Misses,
            ResidentBytes = (ulong)Environment.WorkingSet,
            AllocatedBytes = (ulong)GC.GetTotalAllocatedBytes(),
        };
        foreach (var model in models)
        {
            var load = call.Models.Engine.Load(model.Name);
            response.QueuedRequests += (uint)load.Queued;
            response.RunningRequests += (uint)load.Running;
            response.KvPagesUsed += (ulong)load.KvPagesUsed;
            response.KvPagesTotal += (ulong)load.KvPagesTotal;
            response.Steps += (ulong)load.Steps;
            response.StepRows += (ulong)load.StepRows;
            response.Preemptions += (ulong)load.Preemptions;
        }

        response.KvCacheUtilization = response.KvPagesTotal == 0 ? 0 : (double)response.KvPagesUsed / response.KvPagesTotal;
        return response;
    }
}
