package dev.longshore.linux;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Optional;

/// What file systems can do and `java.nio.file` cannot: special files and extended attributes of every name
/// space. Never follows a symbolic link at the end of a path. Thread-safe; blocks as file systems do.
public interface Inodes {

    /// Makes a device node, fifo or socket: `mode` holds type and permissions, as in mknod(2).
    void makeNode(Path path, int mode, int major, int minor) throws IOException;

    /// Sets an extended attribute, such as `trusted.overlay.opaque`.
    void setAttribute(Path path, String name, byte[] value) throws IOException;

    /// The value of an extended attribute; empty when it is not there or the file system has none.
    Optional<byte[]> attribute(Path path, String name) throws IOException;

    /// Every extended attribute that this process may see, by name; empty when the file system has none.
    Map<String, byte[]> attributes(Path path) throws IOException;

    /// Sets the time of the last change, of links too; opens nothing, so that devices and pipes stay asleep.
    void setModified(Path path, FileTime modified) throws IOException;

    /// Those of this host.
    static Inodes host() {
        return HostInodes.INSTANCE;
    }
}
