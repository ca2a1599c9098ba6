using Inference.Server.Images;

namespace Inference.Server.Tests.Images;

public sealed class ImageStoreTests
{
    [Fact]
    public void The_least_recently_used_file_goes_first_and_the_bytes_stay_within_the_bound()
    {
        var store = new ImageStore(100);
        store.Add("a", new byte[40]);
        store.Add("b", new byte[40]);
        Assert.NotNull(store.Find("a"));
        store.Add("c", new byte[40]);
        Assert.Equal((true, false, true), (store.Find("a") is not null, store.Find("b") is not null, store.Find("c") is not null));
        Assert.Equal(80, store.Bytes);
    }

    [Fact]
    public void A_file_that_is_larger_than_the_store_is_not_kept_and_pushes_nothing_out()
    {
        var store = new ImageStore(100);
        store.Add("a", new byte[40]);
        store.Add("large", new byte[101]);
        store.Add("a", new byte[40]);
        Assert.Equal((40L, false), (store.Bytes, store.Find("large") is not null));
    }

    [Fact]
    public void A_store_of_nothing_keeps_nothing()
    {
        var store = new ImageStore(0);
        store.Add("a", new byte[1]);
        Assert.Null(store.Find("a"));
    }
}
