package dev.longshore.kubelet.volumes;

import dev.longshore.linux.DirectMounts;
import dev.longshore.linux.Held;
import dev.longshore.linux.Mounts;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// Remembers what would be mounted.
final class PretendedMounts implements DirectMounts {

    final List<Mounts.Mount> all = new CopyOnWriteArrayList<>();

    @Override
    public void mount(String type, Path at, String data) {
        all.add(new Mounts.Mount(at, type, type, List.of(data.split(","))));
    }

    @Override
    public void bind(Held what, Path at) {
        all.add(new Mounts.Mount(at, "bind", what.path().toString(), List.of()));
    }

    @Override
    public void detach(Path at) {
        all.removeIf(mount -> mount.point().equals(at));
    }

    @Override
    public List<Mounts.Mount> under(Path directory) {
        return all.reversed().stream()
                .filter(mount -> mount.point().startsWith(directory))
                .toList();
    }
}
