package dev.longshore.runtime.simulated;

import dev.longshore.base.Digest;
import dev.longshore.runtime.Images;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Images of any name can be had, and say nothing.
final class SimulatedImages implements Images {

    private final Map<String, ImageStatus> images = new ConcurrentHashMap<>();

    @Override
    public Optional<ImageStatus> status(String reference) {
        return Optional.ofNullable(images.get(reference));
    }

    @Override
    public ImageStatus pull(String reference, Optional<Credentials> credentials) {
        return images.computeIfAbsent(reference, name -> {
            Digest id = Digest.sha256(name.getBytes(StandardCharsets.UTF_8));
            return new ImageStatus(id, List.of(name), List.of(name + "@" + id), 0, Optional.empty());
        });
    }

    @Override
    public List<ImageStatus> list() {
        return List.copyOf(images.values());
    }

    @Override
    public void remove(String reference) {
        images.remove(reference);
    }
}
