package dev.longshore.images;

import dev.longshore.base.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/// How many bytes the files of layers have, by chain id: learnt when a layer is unpacked or written, remembered in
/// a small file each. Nothing is lost with one, so none is synced. Thread-safe.
final class LayerSizes {

    private final ImageLayout layout;
    private final Disk disk;
    private final Map<Digest, Long> known = new ConcurrentHashMap<>();

    LayerSizes(ImageLayout layout, Disk disk) {
        this.layout = layout;
        this.disk = disk;
    }

    void start() throws IOException {
        Files.createDirectories(layout.sizes());
    }

    void record(Digest chainId, long bytes) throws IOException {
        Path fresh = layout.staging().resolve("size-" + UUID.randomUUID());
        Files.writeString(fresh, bytes + "\n");
        disk.move(fresh, file(chainId));
        known.put(chainId, bytes);
    }

    OptionalLong of(Digest chainId) throws IOException {
        Long remembered = known.get(chainId);
        if (remembered != null) {
            return OptionalLong.of(remembered);
        }
        try {
            String text = Files.readString(file(chainId));
            if (!text.endsWith("\n")) {
                return OptionalLong.empty(); // Torn.
            }
            long bytes = Long.parseLong(text.strip());
            known.put(chainId, bytes);
            return OptionalLong.of(bytes);
        } catch (NoSuchFileException | NumberFormatException unknown) {
            return OptionalLong.empty();
        }
    }

    Set<Digest> all() throws IOException {
        var all = new HashSet<Digest>();
        for (Path file : Overlay.children(layout.sizes())) {
            all.add(new Digest("sha256", file.getFileName().toString()));
        }
        return all;
    }

    void forget(Digest chainId) throws IOException {
        known.remove(chainId);
        disk.delete(file(chainId));
    }

    private Path file(Digest chainId) {
        return layout.sizes().resolve(chainId.hex());
    }
}
