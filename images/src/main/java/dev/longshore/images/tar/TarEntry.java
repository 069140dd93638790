package dev.longshore.images.tar;

import java.nio.file.attribute.FileTime;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/// One member of an archive, as its headers describe it: names and numbers of a stranger.
///
/// @param name as it is spelled, never with a NUL
/// @param linkName what a link points to; empty for others
/// @param size of the content as the file shows it, holes included; 0 for all but files
/// @param mode permissions with set-id and sticky bits
/// @param uid and gid between 0 and 4294967294
/// @param major and minor of devices
/// @param attributes extended attributes by name, byte for byte
public record TarEntry(
        String name,
        Type type,
        String linkName,
        long size,
        int mode,
        long uid,
        long gid,
        FileTime modified,
        int major,
        int minor,
        Map<String, byte[]> attributes) {

    public TarEntry {
        attributes = Collections.unmodifiableMap(new TreeMap<>(attributes));
    }

    /// What a member is.
    public enum Type {
        /// A regular file.
        FILE('0'),
        /// Another name for a file that came earlier.
        HARD_LINK('1'),
        /// A symbolic link.
        SYMLINK('2'),
        /// A character device.
        CHARACTER_DEVICE('3'),
        /// A block device.
        BLOCK_DEVICE('4'),
        /// A directory.
        DIRECTORY('5'),
        /// A named pipe.
        FIFO('6');

        private final char flag;

        Type(char flag) {
            this.flag = flag;
        }

        char flag() {
            return flag;
        }
    }

    /// A file of `size` bytes, root's, readable by all.
    public static TarEntry file(String name, long size) {
        return new TarEntry(name, Type.FILE, "", size, 0644, 0, 0, FileTime.fromMillis(0), 0, 0, Map.of());
    }

    /// The same elsewhere.
    public TarEntry named(String other) {
        return new TarEntry(other, type, linkName, size, mode, uid, gid, modified, major, minor, attributes);
    }
}
