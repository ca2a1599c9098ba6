using System.Text.Json;

namespace Inference.Grounding.Evaluation;

/// <summary>Which objects each image shows, read from <c>{"objects": {image id: [node, …]}}</c> as a stream.</summary>
public sealed class ChairGroundTruth
{
    private const int MostImages = 2_000_000;
    private const int MostObjects = 40_000_000;

    private readonly Dictionary<string, int[]> _objects = [];
    private long _count;

    private ChairGroundTruth(string name) => Name = name;

    /// <summary>What people call the file.</summary>
    public string Name { get; }

    /// <summary>How many images are annotated.</summary>
    public int Images => _objects.Count;

    /// <summary>Reads the annotations.</summary>
    /// <exception cref="EvaluationException">The file is something else, or names an object that the vocabulary does not have.</exception>
    public static ChairGroundTruth Read(EvaluationSource source, ChairVocabulary vocabulary)
    {
        var truth = new ChairGroundTruth(source.Name);
        var json = new JsonStream(source);
        Expect(source, json, JsonTokenType.StartObject, "one JSON object with the member \"objects\"");
        var found = false;
        while (json.Read() && json.Kind == JsonTokenType.PropertyName)
        {
            if (json.Text == "objects" && !found)
            {
                found = true;
                truth.ReadImages(source, json, vocabulary);
            }
            else
            {
                json.SkipValue();
            }
        }

        if (json.Read() || !found)
        {
            throw new EvaluationException(source.Name, "no member \"objects\"", "{\"objects\": {image id: [object, …]}}");
        }

        return truth;
    }

    /// <summary>
    /// The node ids of an image, each once. <paramref name="image"/> is a key of the file, or a file name that ends in one that is a number
    /// (<c>COCO_val2014_000000002239.jpg</c> is 2239).
    /// </summary>
    internal bool TryFind(string image, out ReadOnlySpan<int> nodes)
    {
        var known = _objects.TryGetValue(image, out var found) || _objects.TryGetValue(NumberOf(image), out found);
        nodes = found;
        return known;
    }

    private static string NumberOf(string image)
    {
        var stem = Path.GetFileNameWithoutExtension(image.AsSpan());
        var digits = stem[(stem.LastIndexOfAnyExceptInRange('0', '9') + 1)..].TrimStart('0');
        return digits.IsEmpty && stem.EndsWith("0") ? "0" : digits.ToString();
    }

    private void ReadImages(EvaluationSource source, JsonStream json, ChairVocabulary vocabulary)
    {
        Expect(source, json, JsonTokenType.StartObject, "an object under \"objects\"");
        while (json.Read() && json.Kind == JsonTokenType.PropertyName)
        {
            var image = json.Text!;
            var place = $"{source.Name}: image {EvaluationException.Quote(image)}";
            if (!_objects.TryAdd(image, ReadNodes(place, source, json, vocabulary)))
            {
                throw new EvaluationException(place, "a second entry", "one entry for each image");
            }

            if (_objects.Count > MostImages || _count > MostObjects)
            {
                throw new EvaluationException(source.Name, "more annotations", $"up to {MostImages} images and {MostObjects} objects");
            }
        }
    }

    private int[] ReadNodes(string place, EvaluationSource source, JsonStream json, ChairVocabulary vocabulary)
    {
        Expect(source, json, JsonTokenType.StartArray, $"an array of objects for {place}");
        HashSet<int> nodes = [];
        while (json.Read() && json.Kind != JsonTokenType.EndArray)
        {
            if (json.Kind != JsonTokenType.String || !vocabulary.TryGetNodeByName(json.Text!, out var node))
            {
                var found = json.Text is { } text ? EvaluationException.Quote(text) : $"a token of kind {json.Kind}";
                throw new EvaluationException(place, found, "the object names that the synonyms file maps to");
            }

            nodes.Add(node);
        }

        _count += nodes.Count;
        return [.. nodes];
    }

    private static void Expect(EvaluationSource source, JsonStream json, JsonTokenType kind, string allowed)
    {
        if (!json.Read() || json.Kind != kind)
        {
            throw new EvaluationException(source.Name, "something else", allowed);
        }
    }
}
