namespace Inference.Decoding.Probes;

/// <summary>
/// A linear reading of the residual stream: logit = Σ weights · hidden[layer] + bias at the row that a token was fed in, which says how
/// likely the token bears the probe's label (Obeso et al. 2025, arXiv 2509.03531). Immutable; <see cref="Check"/> is called by whoever
/// takes one from outside.
/// </summary>
public sealed record Probe
{
    /// <summary>Most layers that one probe reads.</summary>
    public const int MostTerms = 64;

    /// <summary>Longest name and label, in UTF-16 units.</summary>
    public const int LongestName = 64, LongestLabel = 200;

    /// <summary>What files and commands call it: letters, digits, dots, dashes and underscores.</summary>
    public required string Name { get; init; }

    /// <summary>What a high score says of a token, in words: "names an object that is not in the image".</summary>
    public required string Label { get; init; }

    /// <summary>Fingerprint of the model that it was trained on, 64 lower-case hexadecimal digits.</summary>
    public required string ModelFingerprint { get; init; }

    /// <summary>By ascending layer, at least one; all of the same width.</summary>
    public required IReadOnlyList<ProbeTerm> Terms { get; init; }

    /// <summary>Added once; the standardiser is folded in (b = b′ − Σ w′ μ / σ).</summary>
    public required float Bias { get; init; }

    /// <summary>What the logit of a token means.</summary>
    public required ProbeScale Token { get; init; }

    /// <summary>What the largest logit of a span means; null takes <see cref="Token"/>.</summary>
    public ProbeScale? Span { get; init; }

    /// <summary>What the largest logit of a sentence means; null takes <see cref="Token"/>.</summary>
    public ProbeScale? Sentence { get; init; }

    /// <summary>Free text about the training: date, data, numbers of examples, quality.</summary>
    public IReadOnlyDictionary<string, string> Facts { get; init; } = new Dictionary<string, string>();

    /// <summary>Features of a hidden state.</summary>
    public int Width => Terms[0].Weights.Length;

    /// <summary>The deepest layer that is read.</summary>
    public int Layer => Terms[^1].Layer;

    /// <exception cref="ProbeException">A part is not allowed.</exception>
    public void Check()
    {
        CheckName(Name);
        if (Label.Length is 0 or > LongestLabel || Label.Any(char.IsControl))
        {
            throw new ProbeException("label", $"'{Label}'", $"1 to {LongestLabel} characters, no control characters");
        }

        if (ModelFingerprint.Length != 64 || !ModelFingerprint.All(c => c is (>= '0' and <= '9') or (>= 'a' and <= 'f')))
        {
            throw new ProbeException(
                "model", $"'{ModelFingerprint}'", "a fingerprint of 64 lower-case hexadecimal digits, as `glassbox info` prints it");
        }

        CheckTerms();
        if (!float.IsFinite(Bias))
        {
            throw new ProbeException("bias", FormattableString.Invariant($"{Bias}"), "a finite number");
        }

        Token.Check("token");
        Span?.Check("span");
        Sentence?.Check("sentence");
    }

    /// <summary>Checks that the probe belongs to a model.</summary>
    /// <exception cref="ProbeException">It was trained on another one.</exception>
    public void CheckModel(string fingerprint, int width, int layers)
    {
        if (ModelFingerprint != fingerprint)
        {
            throw new ProbeException("model", ModelFingerprint, $"{fingerprint}: a probe works on the model that it was trained on only");
        }

        CheckShape(width, layers);
    }

    /// <summary>Checks that the probe can read a model.</summary>
    /// <exception cref="ProbeException">The model has another width, or not so many layers.</exception>
    public void CheckShape(int width, int layers)
    {
        if (Width != width)
        {
            throw new ProbeException("weights", $"{Width} features", $"{width}, the model's width");
        }

        if (Layer > layers)
        {
            throw new ProbeException("layers", $"{Layer}", $"0 to {layers}");
        }
    }

    /// <exception cref="ProbeException">Nothing can have this name.</exception>
    public static void CheckName(string name)
    {
        if (name.Length is 0 or > LongestName || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_'))
        {
            throw new ProbeException("name", $"'{name}'", $"1 to {LongestName} letters, digits, dots, dashes and underscores");
        }
    }

    private void CheckTerms()
    {
        if (Terms.Count is 0 or > MostTerms)
        {
            throw new ProbeException("layers", $"{Terms.Count} layers", $"1 to {MostTerms}");
        }

        for (var i = 0; i < Terms.Count; i++)
        {
            var layer = Terms[i].Layer;
            var weights = Terms[i].Weights.Span;
            if (layer < 0 || (i > 0 && layer <= Terms[i - 1].Layer))
            {
                throw new ProbeException($"layers[{i}]", $"{layer}", "layers from 0 on that ascend");
            }

            if (weights.Length == 0 || weights.Length != Width)
            {
                throw new ProbeException($"weights[{i}]", $"{weights.Length} features", "the same number in every layer, at least 1");
            }

            foreach (var weight in weights)
            {
                if (!float.IsFinite(weight))
                {
                    throw new ProbeException($"weights[{i}]", FormattableString.Invariant($"{weight}"), "finite numbers");
                }
            }
        }
    }
}
