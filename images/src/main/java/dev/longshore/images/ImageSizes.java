package dev.longshore.images;

import dev.longshore.base.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/// How large images are, counted as Docker counts: the bytes of their layers' files. Of a layer that was never
/// unpacked here the compressed size stands in. Stateless.
public final class ImageSizes {

    private final LayerSizes sizes;

    ImageSizes(LayerSizes sizes) {
        this.sizes = sizes;
    }

    /// What `image` has: all of it, and what of that other images share.
    public record Size(long total, long shared) {}

    /// Of each layer, bottom first.
    public List<Long> layers(Image image) throws IOException {
        List<Digest> chain = image.config().chainIds();
        var all = new ArrayList<Long>();
        for (int i = 0; i < chain.size(); i++) {
            all.add(layer(image, i, chain.get(i)));
        }
        return List.copyOf(all);
    }

    /// The sum of [#layers].
    public long total(Image image) throws IOException {
        return layers(image).stream().mapToLong(Long::longValue).sum();
    }

    /// The bytes of the layers that are unpacked here.
    public long unpacked(Image image) {
        try {
            long sum = 0;
            for (Digest chain : image.config().chainIds()) {
                sum += sizes.of(chain).orElse(0);
            }
            return sum;
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /// All images together, each layer once.
    public long total(Collection<Image> images) throws IOException {
        var seen = new HashSet<Digest>();
        long sum = 0;
        for (Image image : images) {
            List<Digest> chain = image.config().chainIds();
            for (int i = 0; i < chain.size(); i++) {
                if (seen.add(chain.get(i))) {
                    sum += layer(image, i, chain.get(i));
                }
            }
        }
        return sum;
    }

    /// What each of `images` shares with the others, by image id.
    public Map<Digest, Size> shared(Collection<Image> images) throws IOException {
        var users = new HashMap<Digest, HashSet<Digest>>();
        for (Image image : images) {
            image.config()
                    .chainIds()
                    .forEach(chain ->
                            users.computeIfAbsent(chain, c -> new HashSet<>()).add(image.id()));
        }
        var result = new HashMap<Digest, Size>();
        for (Image image : images) {
            List<Digest> chain = image.config().chainIds();
            long total = 0;
            long shared = 0;
            for (int i = 0; i < chain.size(); i++) {
                long size = layer(image, i, chain.get(i));
                total += size;
                shared += users.get(chain.get(i)).size() > 1 ? size : 0;
            }
            result.put(image.id(), new Size(total, shared));
        }
        return Map.copyOf(result);
    }

    private long layer(Image image, int index, Digest chainId) throws IOException {
        return sizes.of(chainId).orElse(image.manifest().layers().get(index).size());
    }
}
