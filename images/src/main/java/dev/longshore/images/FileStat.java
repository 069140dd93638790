package dev.longshore.images;

import dev.longshore.linux.Stat;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Optional;

/// What lstat(2) says.
///
/// @param mode type and permissions
/// @param identity device and inode: the same for hard links of one file
/// @param changed when content or looks last changed: nobody can set it
public record FileStat(
        int mode,
        int uid,
        int gid,
        long rdev,
        int links,
        String identity,
        long size,
        FileTime modified,
        FileTime changed) {

    static final int TYPE = 0170000;
    static final int FIFO = 0010000;
    static final int CHARACTER_DEVICE = 0020000;
    static final int DIRECTORY = 0040000;
    static final int BLOCK_DEVICE = 0060000;
    static final int FILE = 0100000;
    static final int SYMLINK = 0120000;

    private static final String WANTED = "unix:mode,uid,gid,rdev,nlink,ino,dev,size,lastModifiedTime,ctime";

    /// Of the file at `path`, not following a link; empty when there is none.
    public static Optional<FileStat> of(Path path) throws IOException {
        if (Stat.speaks(path)) {
            Optional<Stat> found = Stat.of(path);
            return found.isPresent() ? Optional.of(of(found.get())) : Optional.empty();
        }
        return unspeakable(path);
    }

    private static FileStat of(Stat found) {
        return new FileStat(
                found.mode(),
                found.uid(),
                found.gid(),
                found.rdev(),
                found.links(),
                found.device() + ":" + found.inode(),
                found.size(),
                FileTime.from(found.modified()),
                FileTime.from(found.changed()));
    }

    private static Optional<FileStat> unspeakable(Path path) throws IOException {
        try {
            Map<String, Object> found = Files.readAttributes(path, WANTED, LinkOption.NOFOLLOW_LINKS);
            return Optional.of(new FileStat(
                    (int) found.get("mode"),
                    (int) found.get("uid"),
                    (int) found.get("gid"),
                    (long) found.get("rdev"),
                    (int) found.get("nlink"),
                    found.get("dev") + ":" + found.get("ino"),
                    (long) found.get("size"),
                    (FileTime) found.get("lastModifiedTime"),
                    (FileTime) found.get("ctime")));
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        } catch (FileSystemException failure) {
            if (failure.getReason() != null && failure.getReason().contains("Not a directory")) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    /// True for a directory.
    public boolean isDirectory() {
        return (mode & TYPE) == DIRECTORY;
    }

    /// True for a symbolic link.
    public boolean isSymlink() {
        return (mode & TYPE) == SYMLINK;
    }

    /// True for a regular file.
    public boolean isFile() {
        return (mode & TYPE) == FILE;
    }

    /// True for overlayfs's mark that something below is deleted: a character device 0/0.
    boolean isWhiteout() {
        return (mode & TYPE) == CHARACTER_DEVICE && rdev == 0;
    }

    /// A device's major number (gnu_dev_major(3)).
    int major() {
        return (int) (rdev >>> 8 & 0xfff | rdev >>> 32 & 0xfffff000L);
    }

    /// A device's minor number.
    int minor() {
        return (int) (rdev & 0xff | rdev >>> 12 & 0xffffff00L);
    }

    /// Permissions, with set-id and sticky bits.
    public int permissions() {
        return mode & 07777;
    }

    /// Gives `path`, which is not a link, this owner, these permissions and this time.
    void applyTo(Path path) throws IOException {
        Files.setAttribute(path, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(path, "unix:gid", gid, LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(path, "unix:mode", permissions());
        Files.setLastModifiedTime(path, modified);
    }
}
