package dev.longshore.linux;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;

/// mount(2) and umount2(2).
final class HostMounts implements DirectMounts {

    static final HostMounts INSTANCE = new HostMounts();

    private static final long MS_BIND = 4096;
    private static final int MNT_DETACH = 2;
    private static final int UMOUNT_NOFOLLOW = 8;
    private static final int ENOENT = 2;
    private static final int EINVAL = 22;

    @Override
    public void mount(String type, Path at, String data) throws IOException {
        try (var call = new LibC.Call()) {
            if (call.mount(type, at.toString(), type, 0, data) != 0) {
                throw failure("mount of " + type, at, call.errno());
            }
        }
    }

    @Override
    public void bind(Held what, Path at) throws IOException {
        try (var call = new LibC.Call()) {
            if (call.mount(what.path().toString(), at.toString(), "none", MS_BIND, "") != 0) {
                throw failure("bind mount", at, call.errno());
            }
        }
    }

    @Override
    public void detach(Path at) throws IOException {
        try (var call = new LibC.Call()) {
            boolean done = call.umount2(at.toString(), MNT_DETACH | UMOUNT_NOFOLLOW) == 0;
            // EINVAL says that nothing is mounted there.
            if (!done && call.errno() != EINVAL && call.errno() != ENOENT) {
                throw failure("umount", at, call.errno());
            }
        }
    }

    @Override
    public List<Mounts.Mount> under(Path directory) {
        return Mounts.tableUnder(directory);
    }

    private static FileSystemException failure(String what, Path at, int errno) {
        return new FileSystemException(at.toString(), null, what + ": errno " + errno);
    }
}
