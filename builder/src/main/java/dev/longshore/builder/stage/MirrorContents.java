package dev.longshore.builder.stage;

import dev.longshore.images.FileMirror;
import dev.longshore.images.FileStat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// What a mirror knows of its files, without reading them. Thread-safe while the mirror rests.
///
/// @param otherwise for what it does not know
public record MirrorContents(FileMirror mirror, Contents otherwise) implements Contents {

    @Override
    public String sum(Path place, FileStat stat) throws IOException {
        Optional<Map<String, byte[]>> attributes = mirror.attributes(place);
        if (attributes.isEmpty()) {
            return otherwise.sum(place, stat);
        }
        return mirror.sum(place).orElse("") + FileSums.sum(attributes.get());
    }

    @Override
    public boolean lends(Path place, String path) {
        return mirror.lends(place, path);
    }
}
