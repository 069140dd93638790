package dev.longshore.linux;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// Mounts made by system calls in this process's own mount namespace, without a tool and so without resolving a path
/// twice. Thread-safe. Nothing here waits for a disk or a network.
public interface DirectMounts {

    /// Mounts a fresh file system of `type` at `at`, with the options `data` of that file system.
    void mount(String type, Path at, String data) throws IOException;

    /// Shows `what`, and nothing that is mounted below it, at `at` too.
    void bind(Held what, Path at) throws IOException;

    /// Takes the topmost mount at `at` away, also when it is in use: then it is gone when its last user is. Harmless
    /// when nothing is mounted there. A link at the end is not followed.
    void detach(Path at) throws IOException;

    /// Mounts at `directory` or below, newest first.
    List<Mounts.Mount> under(Path directory);

    /// Those of this host.
    static DirectMounts host() {
        return HostMounts.INSTANCE;
    }
}
