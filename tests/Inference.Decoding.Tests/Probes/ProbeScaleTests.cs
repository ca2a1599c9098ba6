using Inference.Decoding.Probes;

namespace Inference.Decoding.Tests.Probes;

public sealed class ProbeScaleTests
{
    [Theory]
    [InlineData(0f, 0.37754068f)]
    [InlineData(2f, 0.8807970f)]
    [InlineData(-1000f, 0f)]
    [InlineData(1000f, 1f)]
    public void PlattIsALogisticFunction(float logit, float probability) =>
        Assert.Equal(probability, new PlattCalibration(1.25f, -0.5f).Map(logit), 1e-6f);

    [Theory]
    [InlineData(-5f, 0.1f)]
    [InlineData(-1f, 0.1f)]
    [InlineData(0f, 0.25f)]
    [InlineData(1f, 0.4f)]
    [InlineData(2f, 0.4f)]
    [InlineData(3f, 0.4f)]
    [InlineData(4f, 0.9f)]
    [InlineData(9f, 0.9f)]
    public void IsotonicIsLinearBetweenKnotsAndConstantOutside(float logit, float probability)
    {
        var map = new IsotonicCalibration([new(-1f, 0.1f), new(1f, 0.4f), new(3f, 0.4f), new(4f, 0.9f)]);
        Assert.Equal(probability, map.Map(logit), 1e-6f);
    }

    [Fact]
    public void AThresholdIsFoundByItsRate()
    {
        var scale = SomeProbe.Of(1).Token;
        Assert.Equal(1f, scale.At(0.1, "threshold").Logit);
        Assert.Equal(2f, scale.Usual!.Value.Logit);
        Assert.Null((scale with { Thresholds = [] }).Usual);
        Assert.Equal(0.2f, (scale with { Thresholds = [new(0.2f, 0f), new(0.5f, -1f)] }).Usual!.Value.FalsePositiveRate);
        Assert.False(scale.Usual.Value.IsOver(2f));

        var failure = Assert.Throws<ProbeException>(() => scale.At(0.02, "threshold"));
        Assert.Equal(("threshold", "0.02", "0.01, 0.05, 0.1"), (failure.Field, failure.Found, failure.Allowed));
    }

    [Fact]
    public void KnotsAndThresholdsOutOfOrderAreRefused()
    {
        AssertRefused("token.isotonic.knots", new IsotonicCalibration([]));
        AssertRefused("token.isotonic.knots[1].logit", new IsotonicCalibration([new(1, 0.1f), new(1, 0.2f)]));
        AssertRefused("token.isotonic.knots[1].probability", new IsotonicCalibration([new(1, 0.3f), new(2, 0.2f)]));
        AssertRefused("token.platt.scale", new PlattCalibration(-1, 0));
        AssertRefused("token.platt.offset", new PlattCalibration(1, float.PositiveInfinity));
        AssertRefused("token.thresholds[1].rate", PlattCalibration.Identity, new(0.1f, 1), new(0.05f, 1));
        AssertRefused("token.thresholds[1].logit", PlattCalibration.Identity, new(0.05f, 1), new(0.1f, 2));
        AssertRefused("token.thresholds[0].rate", PlattCalibration.Identity, new ProbeThreshold(1f, 1));
    }

    private static void AssertRefused(string field, ProbeCalibration calibration, params ProbeThreshold[] thresholds)
    {
        var from = SomeProbe.Of(1);
        var probe = new Probe
        {
            Name = from.Name,
            Label = from.Label,
            ModelFingerprint = from.ModelFingerprint,
            Terms = from.Terms,
            Bias = 0,
            Token = new ProbeScale(calibration, thresholds),
        };
        Assert.Equal(field, Assert.Throws<ProbeException>(probe.Check).Field);
    }
}
