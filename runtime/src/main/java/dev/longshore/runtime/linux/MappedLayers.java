package dev.longshore.runtime.linux;

import dev.longshore.linux.HostPaths;
import dev.longshore.linux.IdMappedMounts;
import dev.longshore.linux.Mounts;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.RuntimeFaultException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A container's layers with their owners shifted into a user namespace, for the moment in which its root file system
/// is mounted over them: overlayfs keeps what it stands on, so that afterwards they can go.
///
///     BUNDLE/m/0 → PINS/layers/ID/0 = BUNDLE/l/0, shifted
final class MappedLayers {

    private static final Logger log = LoggerFactory.getLogger(MappedLayers.class);
    private static final String LINKS = "m";

    private final Path place;
    private final Mounts mounts;
    private final List<Path> shown = new ArrayList<>();

    MappedLayers(HostPaths host, Mounts mounts, String id) {
        this.place = host.mappedLayers().resolve(id);
        this.mounts = mounts;
    }

    /// Mounts the `layers` of the bundle in `directory` as `users` has them; what overlayfs is told, from there.
    String show(Path directory, int layers, Path users) throws InterruptedException {
        try {
            Files.createDirectories(directory.resolve(LINKS));
            for (int i = 0; i < layers; i++) {
                String name = Integer.toString(i);
                Path target = Files.createDirectories(place.resolve(name));
                shown.add(target);
                IdMappedMounts.mount(directory.resolve("l").resolve(name).toRealPath(), users, target);
                Files.deleteIfExists(directory.resolve(LINKS).resolve(name));
                Files.createSymbolicLink(directory.resolve(LINKS).resolve(name), target);
            }
            return OciRuntime.lowerOption(layers).replace("l/", LINKS + "/");
        } catch (IOException impossible) {
            hide();
            throw new RuntimeFaultException(
                    Kind.CANNOT_START,
                    "the image's layers cannot be shown to the pod's users: " + impossible.getMessage(),
                    impossible);
        }
    }

    /// Takes them away.
    void hide() throws InterruptedException {
        mounts.unmount(shown);
        shown.clear();
        forget(place);
    }

    /// Takes away what a process that was killed has left.
    static void sweep(HostPaths host, Mounts mounts) throws InterruptedException {
        mounts.unmountTree(host.mappedLayers());
        StateFile.names(host.mappedLayers())
                .forEach(id -> forget(host.mappedLayers().resolve(id)));
    }

    // Only empty directories: should one still be a mount, nothing of an image is deleted.
    private static void forget(Path place) {
        try {
            for (String name : StateFile.names(place)) {
                Files.deleteIfExists(place.resolve(name));
            }
            Files.deleteIfExists(place);
        } catch (IOException stillMounted) {
            log.warn("{} stays until the next start: {}", place, stillMounted.getMessage());
        }
    }
}
