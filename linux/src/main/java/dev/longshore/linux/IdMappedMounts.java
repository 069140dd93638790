package dev.longshore.linux;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

/// Shows a directory a second time with other owners: id 0 on disk is seen as the id that a user namespace gives its
/// own 0, and so on; what is written there by those ids arrives on disk as the former (mount_setattr(2),
/// MOUNT_ATTR_IDMAP; Linux 5.12, and a file system that can).
public final class IdMappedMounts {

    private static final long OPEN_TREE = 428;
    private static final long MOVE_MOUNT = 429;
    private static final long MOUNT_SETATTR = 442;
    private static final int AT_FDCWD = -100;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int OPEN_TREE_CLONE = 1;
    private static final int MOVE_MOUNT_F_EMPTY_PATH = 4;
    private static final long MOUNT_ATTR_IDMAP = 0x00100000;
    private static final int ATTRIBUTES_SIZE = 32;

    private static final int ENOSYS = 38;

    private IdMappedMounts() {}

    /// Whether the kernel has mount_setattr(2), by which also whole trees of mounts become read only.
    public static boolean isKnown() {
        try (var call = new LibC.Call()) {
            int refused = call.namedTwice(MOUNT_SETATTR, -1, "", AT_EMPTY_PATH, MemorySegment.NULL, 0);
            return refused >= 0 || call.errno() != ENOSYS;
        }
    }

    /// Mounts `source` at the directory `target`, its ids shifted as `userNamespace` (a file that pins one) says. The
    /// mount stays until it is unmounted.
    public static void mount(Path source, Path userNamespace, Path target) throws IOException {
        try (var call = new LibC.Call()) {
            int tree = call.namedTwice(
                    OPEN_TREE, AT_FDCWD, source.toString(), OPEN_TREE_CLONE | LibC.O_CLOEXEC, MemorySegment.NULL, 0);
            require(call, tree, "open_tree", source);
            try {
                shift(call, tree, userNamespace, source);
                MemorySegment name = call.arena().allocateFrom(target.toString());
                int moved = call.namedTwice(MOVE_MOUNT, tree, "", AT_FDCWD, name, MOVE_MOUNT_F_EMPTY_PATH);
                require(call, moved, "move_mount", target);
            } finally {
                call.close(tree);
            }
        }
    }

    private static void shift(LibC.Call call, int tree, Path userNamespace, Path source) throws IOException {
        int namespace = call.open(userNamespace.toString(), LibC.O_RDONLY | LibC.O_CLOEXEC);
        require(call, namespace, "open", userNamespace);
        try {
            MemorySegment attributes = call.arena().allocate(ATTRIBUTES_SIZE, Long.BYTES);
            attributes.set(ValueLayout.JAVA_LONG, 0, MOUNT_ATTR_IDMAP);
            attributes.set(ValueLayout.JAVA_LONG, 3L * Long.BYTES, namespace);
            int set = call.namedTwice(MOUNT_SETATTR, tree, "", AT_EMPTY_PATH, attributes, ATTRIBUTES_SIZE);
            require(call, set, "mount_setattr", source);
        } finally {
            call.close(namespace);
        }
    }

    private static void require(LibC.Call call, int result, String what, Path path) throws IOException {
        if (result < 0) {
            throw new FileSystemException(path.toString(), null, what + ": errno " + call.errno());
        }
    }
}
