package dev.longshore.images.base;

import dev.longshore.images.LayerTree;
import dev.longshore.images.tar.TarEntry;
import dev.longshore.images.tar.TarReader;
import dev.longshore.linux.Inodes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// A root file system in the making: packages unpacked, and what their scripts would do to make it usable, done by
/// hand. Nothing of a package is run.
final class DebianRoot {

    /// When everything in it was made, so that the same packages give the same image.
    static final FileTime MADE = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));

    private static final List<String> MERGED = List.of("bin", "lib", "lib32", "lib64", "libx32", "sbin");
    private static final List<String> LEFT_OUT =
            List.of("usr/share/man", "usr/share/info", "usr/share/locale", "usr/share/lintian", "usr/share/bug");
    /// Masters that packages' scripts copy into place.
    private static final Map<String, String> COPIES = Map.of(
            "usr/share/base-passwd/passwd.master", "etc/passwd",
            "usr/share/base-passwd/group.master", "etc/group",
            "usr/share/base-files/profile", "etc/profile",
            "usr/share/base-files/nsswitch.conf", "etc/nsswitch.conf",
            "usr/share/base-files/dot.bashrc", "root/.bashrc",
            "usr/share/base-files/dot.profile", "root/.profile");
    private static final Map<String, String> LINKS = Map.of("usr/bin/awk", "mawk", "usr/bin/sh", "dash");
    private static final int LONGEST_CONTROL = 1 << 20;

    private final LayerTree tree;
    private final Path upper;
    private final boolean isOnAnother;

    /// @param tree the layer in `upper` above those below it
    DebianRoot(LayerTree tree, Path upper, boolean isOnAnother) {
        this.tree = tree;
        this.upper = upper;
        this.isOnAnother = isOnAnother;
    }

    void fill(List<DebPackage> packages) throws IOException, InterruptedException {
        Files.setAttribute(upper, "unix:mode", 0755);
        if (!isOnAnother) {
            // Since Debian 12 these are links, which the installer makes before it unpacks anything.
            for (String name : MERGED) {
                Files.createDirectories(upper.resolve("usr").resolve(name));
                Files.createSymbolicLink(upper.resolve(name), Path.of("usr", name));
            }
        }
        var status = new StringBuilder();
        for (DebPackage deb : packages) {
            if (Thread.interrupted()) {
                throw new InterruptedException("given up while packages were unpacked");
            }
            deb.data(files -> tree.unpack(files, "/"));
            deb.control(facts -> status.append(installed(new TarReader(facts))));
        }
        for (String gone : LEFT_OUT) {
            delete(upper.resolve(gone));
        }
        deleteDocuments();
        configure();
        note(status.toString());
        settle(upper);
    }

    private void configure() throws IOException {
        for (var copy : COPIES.entrySet()) {
            Path from = upper.resolve(copy.getKey());
            Path to = upper.resolve(copy.getValue());
            if (Files.isRegularFile(from) && !Files.exists(to)) {
                Files.createDirectories(to.getParent());
                Files.copy(from, to);
                Files.setAttribute(to, "unix:mode", 0644);
            }
        }
        for (var link : LINKS.entrySet()) {
            Path at = upper.resolve(link.getKey());
            if (!Files.exists(at, LinkOption.NOFOLLOW_LINKS)
                    && Files.exists(at.resolveSibling(link.getValue()), LinkOption.NOFOLLOW_LINKS)) {
                Files.createSymbolicLink(at, Path.of(link.getValue()));
            }
        }
    }

    /// So that `dpkg -l` shows what is there.
    private void note(String status) throws IOException {
        Optional<Path> below = tree.merged().find("/var/lib/dpkg/status");
        String before = below.isPresent() ? Files.readString(below.get()) : "";
        Path file = tree.directory("/var/lib/dpkg", LayerTree.Owner.ROOT).resolve("status");
        Files.writeString(file, before + status);
        Files.setAttribute(file, "unix:mode", 0644);
    }

    private static String installed(TarReader facts) throws IOException {
        for (Optional<TarEntry> next = facts.next(); next.isPresent(); next = facts.next()) {
            boolean isControl = next.get().name().replaceFirst("^\\./", "").equals("control");
            if (isControl && next.get().size() < LONGEST_CONTROL) {
                var text = new ByteArrayOutputStream();
                facts.content((offset, bytes, length) -> text.write(bytes, 0, length));
                String control = text.toString(StandardCharsets.UTF_8).strip();
                return control.replaceFirst("\n", "\nStatus: install ok installed\n") + "\n\n";
            }
        }
        return "";
    }

    /// Documents, but for who may do what with a package.
    private void deleteDocuments() throws IOException {
        Path documents = upper.resolve("usr/share/doc");
        if (!Files.isDirectory(documents)) {
            return;
        }
        for (Path directory : children(documents)) {
            if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
                for (Path file : children(directory)) {
                    if (!file.endsWith("copyright")) {
                        delete(file);
                    }
                }
            }
        }
    }

    private static void delete(Path path) throws IOException {
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            for (Path child : children(path)) {
                delete(child);
            }
        }
        Files.deleteIfExists(path);
    }

    private static void settle(Path path) throws IOException {
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            for (Path child : children(path)) {
                settle(child);
            }
        }
        Inodes.host().setModified(path, MADE);
    }

    private static List<Path> children(Path directory) throws IOException {
        try (Stream<Path> children = Files.list(directory)) {
            return children.sorted().toList();
        }
    }
}
