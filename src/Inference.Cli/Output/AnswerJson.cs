using System.Text.Json;
using Inference.Cli.Assistants;
using Inference.Models.Regions;

namespace Inference.Cli.Output;

/// <summary>Answers as members of a JSON object.</summary>
internal static class AnswerJson
{
    /// <summary>
    /// <c>text, token_ids, finish_reason, usage, timings_ms, model, seed</c>, and <c>claims</c>, <c>guard</c> and <c>logprobs</c> where
    /// asked for.
    /// </summary>
    public static void WriteAnswer(this Utf8JsonWriter json, Answer answer)
    {
        json.WriteString("text", answer.Text);
        json.WriteNumbers("token_ids", answer.Tokens.Select(token => (long)token.Id));
        json.WriteString("finish_reason", answer.FinishReason);
        if (answer.StopString is { } stop)
        {
            json.WriteString("stop_string", stop);
        }

        if (answer.Claims is { } claims)
        {
            json.WriteClaims(claims);
        }

        json.WriteGuard(answer.Guard);
        json.WriteUsage(answer.Usage);
        json.WriteTimings(answer.Timings);
        json.WriteString("model", answer.Model);
        json.WriteNumber("seed", answer.Seed);
        json.WriteProbes(answer.Probes);
        if (answer.Tokens.Any(token => token.Logprob is not null))
        {
            WriteLogprobs(json, answer.Tokens);
        }
    }

    /// <summary><c>usage</c></summary>
    public static void WriteUsage(this Utf8JsonWriter json, AnswerUsage usage)
    {
        json.WriteStartObject("usage");
        json.WriteNumber("prompt_tokens", usage.PromptTokens);
        json.WriteNumber("image_tokens", usage.ImageTokens);
        json.WriteNumber("cached_tokens", usage.CachedTokens);
        json.WriteNumber("completion_tokens", usage.CompletionTokens);
        json.WriteNumber("sampled_tokens", usage.SampledTokens);
        if (usage.Speculation is { } speculation)
        {
            json.WriteNumber("drafted_tokens", speculation.DraftedTokens);
            json.WriteNumber("accepted_tokens", speculation.AcceptedTokens);
        }

        if (usage.Pruning is { } pruning)
        {
            json.WriteNumbers("kept_tokens", pruning.KeptTokens.Select(count => (long)count));
            json.WriteNumber("kv_bytes_saved", pruning.KvBytesSaved);
            json.WriteMilliseconds("ranking_ms", pruning.RankingTime);
            if (pruning.EncodedTokens is { } encoded)
            {
                json.WriteNumber("encoded_tokens", encoded);
            }
        }

        json.WriteEndObject();
    }

    /// <summary><c>timings_ms</c></summary>
    public static void WriteTimings(this Utf8JsonWriter json, AnswerTimings timings)
    {
        json.WriteStartObject("timings_ms");
        json.WriteMilliseconds("queue", timings.Queue);
        json.WriteMilliseconds("encode", timings.Encode);
        json.WriteMilliseconds("prefill", timings.Prefill);
        json.WriteMilliseconds("decode", timings.Decode);
        json.WriteEndObject();
    }

    /// <summary>A box as four numbers.</summary>
    public static void WriteBox(this Utf8JsonWriter json, string name, Box box)
    {
        json.WriteStartArray(name);
        foreach (var value in (ReadOnlySpan<double>)[box.X1, box.Y1, box.X2, box.Y2])
        {
            json.WriteNumberValue(Math.Round(value, 6));
        }

        json.WriteEndArray();
    }

    private static void WriteLogprobs(Utf8JsonWriter json, IReadOnlyList<AnswerToken> tokens)
    {
        json.WriteStartArray("logprobs");
        foreach (var token in tokens)
        {
            json.WriteStartObject();
            json.WriteNumber("id", token.Id);
            WriteLogprob(json, token.Logprob ?? float.NaN);
            json.WriteStartArray("top");
            foreach (var top in token.Top)
            {
                json.WriteStartObject();
                json.WriteNumber("id", top.Id);
                WriteLogprob(json, top.Logprob);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    // JSON has no infinities: a token of probability 0 has no logarithm to show.
    private static void WriteLogprob(Utf8JsonWriter json, float logprob)
    {
        if (float.IsFinite(logprob))
        {
            json.WriteNumber("logprob", logprob);
        }
        else
        {
            json.WriteNull("logprob");
        }
    }
}
