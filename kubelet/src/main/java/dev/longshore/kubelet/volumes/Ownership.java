package dev.longshore.kubelet.volumes;

import dev.longshore.linux.Beneath;
import dev.longshore.linux.Held;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Gives a volume to a pod's `fsGroup`: the group owns everything in it, may read (and write, unless the volume is read
/// only), and what is made in its directories later belongs to it as well. Others may use the volume at the same time:
/// every file is held before it is changed, and no link is followed.
final class Ownership {

    private static final int SET_GROUP = 02000;
    private static final int READ_WRITE = 0660;
    private static final int READ = 0440;
    private static final int ENTER = 0110;
    private static final int MODE_BITS = 07777;
    private static final int TYPE_BITS = 0170000;
    private static final int DIRECTORY = 0040000;
    private static final int LINK = 0120000;

    private final int group;
    private final boolean readOnly;

    Ownership(long group, boolean readOnly) {
        this.group = Math.toIntExact(group);
        this.readOnly = readOnly;
    }

    /// Changes `root` and all that is in it, `root` last: it tells whether all is done.
    void give(Path root) throws IOException {
        try (Held top = new Beneath(root).entry("")) {
            give(top);
        }
    }

    /// Whether `root` itself looks as [#give] leaves it.
    boolean isGiven(Path root) throws IOException {
        int mode = (int) Files.getAttribute(root, "unix:mode");
        int needed = rights(mode);
        return Files.isDirectory(root)
                && (int) Files.getAttribute(root, "unix:gid") == group
                && (mode & needed) == needed;
    }

    private void give(Held held) throws IOException {
        int mode = (int) Files.getAttribute(held.path(), "unix:mode");
        if ((mode & TYPE_BITS) == DIRECTORY) {
            for (String name : names(held)) {
                try (Held child = held.child(name)) {
                    give(child);
                } catch (NoSuchFileException gone) {
                    // Who uses the volume has deleted it meanwhile.
                    continue;
                }
            }
        }
        Files.setAttribute(held.path(), "unix:gid", group);
        if ((mode & TYPE_BITS) != LINK) {
            Files.setAttribute(held.path(), "unix:mode", mode & MODE_BITS | rights(mode));
        }
    }

    private int rights(int mode) {
        int rights = readOnly ? READ : READ_WRITE;
        return (mode & TYPE_BITS) == DIRECTORY ? rights | ENTER | SET_GROUP : rights;
    }

    private static List<String> names(Held directory) throws IOException {
        var names = new ArrayList<String>();
        try (var entries = Files.newDirectoryStream(directory.path())) {
            entries.forEach(entry -> names.add(entry.getFileName().toString()));
        }
        return names;
    }
}
