package dev.longshore.images;

import dev.longshore.linux.Inodes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a directory in overlayfs form changes of the layers below it. Stateless.
public final class LayerChanges {

    private final Inodes inodes;

    /// Over the file systems of `inodes`.
    public LayerChanges(Inodes inodes) {
        this.inodes = inodes;
    }

    /// One change.
    ///
    /// @param path absolute in the tree
    public record Change(String path, Kind kind) {}

    /// What happened, in the order of Docker's numbers.
    public enum Kind {
        MODIFIED,
        ADDED,
        DELETED
    }

    /// The changes in `upper` over `lowers`, topmost first: a directory before what is in it.
    public List<Change> of(Path upper, List<Path> lowers) throws IOException {
        var changes = new ArrayList<Change>();
        collect(upper, "", new MergedTree(lowers, inodes), changes);
        return changes;
    }

    private void collect(Path directory, String prefix, MergedTree below, List<Change> changes) throws IOException {
        for (Path child : Overlay.children(directory)) {
            String path = prefix + "/" + child.getFileName();
            Optional<FileStat> stat = FileStat.of(child);
            if (stat.isEmpty()) {
                continue;
            }
            boolean wasThere = below.find(path).isPresent();
            if (stat.get().isWhiteout()) {
                if (wasThere) {
                    changes.add(new Change(path, Kind.DELETED));
                }
                continue;
            }
            changes.add(new Change(path, wasThere ? Kind.MODIFIED : Kind.ADDED));
            if (stat.get().isDirectory()) {
                if (wasThere && Overlay.isOpaque(inodes, child)) {
                    for (String name : below.list(path).keySet()) {
                        if (FileStat.of(child.resolve(name)).isEmpty()) {
                            changes.add(new Change(path + "/" + name, Kind.DELETED));
                        }
                    }
                }
                collect(child, path, below, changes);
            }
        }
    }
}
