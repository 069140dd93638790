package dev.longshore.server;

import dev.longshore.controllers.VolumeDirectories;
import dev.longshore.kubelet.volumes.Trees;
import java.nio.file.Path;
import java.util.regex.Pattern;

/// Volumes' directories below one root. Names are those of objects, so none leads out of it; links inside a
/// directory are removed, never followed.
final class NodeDirectories implements VolumeDirectories {

    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?");

    private final Path root;

    NodeDirectories(Path root) {
        this.root = root.toAbsolutePath().normalize();
    }

    @Override
    public String path(String name) {
        return directory(name).toString();
    }

    @Override
    public void remove(String name) {
        Trees.remove(directory(name));
    }

    private Path directory(String name) {
        if (!NAME.matcher(name).matches() || name.contains("..")) {
            throw new IllegalArgumentException("no name for a volume: " + name);
        }
        return root.resolve(name);
    }
}
