package dev.longshore.runtime.cri.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/// How much a tree holds; what goes away meanwhile counts as gone, links count as themselves.
///
/// @param files of every kind
record LayerUse(long bytes, long files) {

    static final LayerUse NONE = new LayerUse(0, 0);

    static LayerUse of(Path root) {
        try (var tree = Files.walk(root)) {
            return tree.map(LayerUse::one).reduce(NONE, LayerUse::and);
        } catch (IOException | UncheckedIOException gone) {
            return NONE;
        }
    }

    LayerUse and(LayerUse more) {
        return new LayerUse(bytes + more.bytes, files + more.files);
    }

    private static LayerUse one(Path path) {
        try {
            var attributes = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return new LayerUse(attributes.isRegularFile() ? attributes.size() : 0, 1);
        } catch (NoSuchFileException gone) {
            return NONE;
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
