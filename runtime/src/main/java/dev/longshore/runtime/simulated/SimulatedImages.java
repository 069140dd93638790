package dev.longshore.runtime.simulated;

import dev.longshore.base.Digest;
import dev.longshore.runtime.Images;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/// Every image is here; its id is the digest of its name.
final class SimulatedImages implements Images {

    private static final long SIZE = 4L << 20;

    private final Map<String, ImageStatus> seen = new ConcurrentSkipListMap<>();

    @Override
    public Optional<ImageStatus> status(String reference) {
        return Optional.of(seen.computeIfAbsent(reference, SimulatedImages::image));
    }

    @Override
    public ImageStatus pull(String reference, Optional<Credentials> credentials) {
        return seen.computeIfAbsent(reference, SimulatedImages::image);
    }

    @Override
    public List<ImageStatus> list() {
        return List.copyOf(seen.values());
    }

    @Override
    public void remove(String reference) {
        seen.remove(reference);
    }

    private static ImageStatus image(String reference) {
        Digest id = Digest.sha256(reference.getBytes(StandardCharsets.UTF_8));
        return new ImageStatus(id, List.of(reference), List.of(), SIZE, Optional.empty());
    }
}
