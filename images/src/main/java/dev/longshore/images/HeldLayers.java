package dev.longshore.images;

import dev.longshore.linux.Held;
import dev.longshore.linux.Inodes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/// A directory of layers seen as one, as [MergedTree] shows it, for layers that processes change meanwhile: the
/// directories are held, and what is in them is reached by way of those alone, so that one that becomes a link
/// leads nowhere. For one thread; close it.
final class HeldLayers implements AutoCloseable {

    private final Inodes inodes;
    private final List<Held> places;

    private HeldLayers(Inodes inodes, List<Held> places) {
        this.inodes = inodes;
        this.places = places;
    }

    /// The top of `layers`, topmost first, which are trusted to be directories of ours.
    static HeldLayers of(List<Path> layers, Inodes inodes) throws IOException {
        var top = new HeldLayers(inodes, new ArrayList<>());
        return top.holding(() -> {
            for (Path layer : layers) {
                top.places.add(Held.directory(layer));
            }
        });
    }

    /// What is in it, by name. Places are good as long as this is open; a file's name is not to be followed.
    SortedMap<String, MergedTree.Located> children() throws IOException {
        return MergedTree.children(places.stream().map(Held::path).toList());
    }

    /// The directory called `name` in it, of which nothing is left if it has become something else.
    HeldLayers child(String name) throws IOException {
        var below = new HeldLayers(inodes, new ArrayList<>());
        return below.holding(() -> {
            for (Held place : places) {
                if (!below.addIfMore(place, name)) {
                    return;
                }
            }
        });
    }

    /// False if layers further down have no part in it.
    private boolean addIfMore(Held above, String name) throws IOException {
        Held found;
        try {
            found = above.child(name);
        } catch (NoSuchFileException absent) {
            return true;
        }
        Path itself = found.path().resolve(".");
        Optional<FileStat> stat = Files.isDirectory(found.path()) ? FileStat.of(itself) : Optional.empty();
        if (stat.isEmpty()) {
            found.close();
            return false;
        }
        places.add(found);
        return !Overlay.isOpaque(inodes, itself);
    }

    private interface Filling {
        void run() throws IOException;
    }

    private HeldLayers holding(Filling filling) throws IOException {
        boolean isFilled = false;
        try {
            filling.run();
            isFilled = true;
            return this;
        } finally {
            if (!isFilled) {
                close();
            }
        }
    }

    @Override
    public void close() {
        places.forEach(Held::close);
    }
}
