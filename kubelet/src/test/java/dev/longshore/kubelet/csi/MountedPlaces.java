package dev.longshore.kubelet.csi;

import dev.longshore.linux.DirectMounts;
import dev.longshore.linux.Held;
import dev.longshore.linux.Mounts;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Where drivers say that they have mounted something.
final class MountedPlaces implements DirectMounts {

    private final Set<Path> mounted = ConcurrentHashMap.newKeySet();

    void add(Path at) {
        mounted.add(at);
    }

    void remove(Path at) {
        mounted.remove(at);
    }

    void clear() {
        mounted.clear();
    }

    @Override
    public void mount(String type, Path at, String data) {
        throw new AssertionError("drivers mount");
    }

    @Override
    public void bind(Held what, Path at) {
        throw new AssertionError("drivers mount");
    }

    @Override
    public void detach(Path at) {
        throw new AssertionError("drivers unmount");
    }

    @Override
    public List<Mounts.Mount> under(Path at) {
        return mounted.stream()
                .filter(point -> point.startsWith(at))
                .map(point -> new Mounts.Mount(point, "tmpfs", "", List.of()))
                .toList();
    }
}
