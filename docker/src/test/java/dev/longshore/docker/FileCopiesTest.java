package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.longshore.base.Time;
import dev.longshore.images.LocalImages;
import dev.longshore.images.tar.TarEntry;
import dev.longshore.images.tar.TarReader;
import dev.longshore.images.tar.TarWriter;
import dev.longshore.runtime.HeldRoot;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Copies out of and into a file system whose owner wishes the host ill. Needs root.
@Timeout(60)
class FileCopiesTest {

    private static final int TRAPS = 20;
    private static final FileTime LONG_AGO = FileTime.fromMillis(1_000_000_000_000L);

    @TempDir
    Path directory;

    private Path root;
    private Path host;
    private Path secret;
    private HeldRoot view;
    private FileCopies copies;

    @BeforeEach
    void open() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "owners are only given by root");
        root = Files.createDirectory(directory.resolve("root"));
        host = Files.createDirectory(directory.resolve("host"));
        secret = Files.writeString(host.resolve("secret"), "of the host");
        Files.setLastModifiedTime(secret, LONG_AGO);
        view = HeldRoot.of(root, () -> {});
        copies = new FileCopies(view, LocalImages.open(directory.resolve("images"), "amd64", Time.system()));
    }

    @AfterEach
    void close() {
        if (view != null) {
            view.close();
        }
    }

    @Test
    void noLinkLeadsAReaderToTheHost() throws IOException {
        Files.createSymbolicLink(root.resolve("far"), host);
        Files.createSymbolicLink(
                root.resolve("up"), Path.of("../../../../../../../../../..").resolve("." + host));
        Files.createSymbolicLink(root.resolve("file"), secret);
        Files.createSymbolicLink(root.resolve("magic"), Path.of("/proc/self/root"));

        for (String path : List.of("/far/secret", "/up/secret", "/far/", "/magic/etc/passwd", "/../host/secret")) {
            assertThatThrownBy(() -> read(path)).as(path).isInstanceOf(IOException.class);
        }
        assertThat(read("/file")).as("the link itself").containsExactly("file -> " + secret);
        assertThat(read("/.")).contains("./far -> " + host).noneMatch(member -> member.contains("of the host"));
    }

    @Test
    void linksWithinTheContainerLeadWhereItsProcessesAreLed() throws IOException {
        Files.createDirectories(root.resolve("data"));
        Files.writeString(root.resolve("data/file"), "inside");
        Files.createSymbolicLink(root.resolve("absolute"), Path.of("/data"));
        Files.createSymbolicLink(root.resolve("above"), Path.of("../../data"));

        assertThat(read("/absolute/file")).containsExactly("file: inside");
        assertThat(read("/above/file")).containsExactly("file: inside");
    }

    @Test
    void noMemberOfAnArchiveGetsOut() throws IOException {
        Files.createSymbolicLink(root.resolve("far"), host);
        Files.createSymbolicLink(root.resolve("secret"), secret);

        write("/", false, file("../../../../..%s/one".formatted(host)), file("secret"));
        writeAnyway("/far", file("two"));
        writeAnyway("/", link("own", host.toString()), file("own/three"));
        writeAnyway("/", hardLink("four", "far/secret"), file("four"));

        try (var left = Files.list(host)) {
            assertThat(left).containsExactly(secret);
        }
        assertThat(secret).hasContent("of the host");
        assertThat(Files.getLastModifiedTime(secret)).isEqualTo(LONG_AGO);
        assertThat(root.resolve("secret")).as("replaced, not written through").isRegularFile();
    }

    @Test
    void pipesAreMadeAndNotOpened() throws IOException {
        write("/", false, entry("pipe", TarEntry.Type.FIFO, "", 0, 0640));

        assertThat((int) Files.getAttribute(root.resolve("pipe"), "unix:mode")).isEqualTo(0010640);
    }

    @Test
    void directoriesThatTurnIntoLinksWhileTheyAreReplacedCostTheHostNothing() throws Exception {
        Path trap = root.resolve("trap");
        Path spare = Files.createDirectory(root.resolve("spare"));
        var isOver = new AtomicBoolean();
        Thread owner = Thread.ofPlatform().start(() -> {
            while (!isOver.get()) {
                for (int index = 0; index < TRAPS; index++) {
                    spring(trap.resolve("" + index), spare.resolve("" + index));
                }
            }
        });
        try {
            for (int attempt = 0; attempt < 25 && Files.exists(secret); attempt++) {
                set(trap);
                writeAnyway("/", file("trap"));
                writeAnyway("/trap/1", file("secret"));
                writeAnyway("/trap", entry("1", TarEntry.Type.DIRECTORY, "", 0, 0711));
            }
        } finally {
            isOver.set(true);
            owner.join();
        }

        assertThat(secret).hasContent("of the host");
        assertThat(Files.getLastModifiedTime(secret)).isEqualTo(LONG_AGO);
        assertThat((int) Files.getAttribute(host, "unix:mode") & 0777).isNotEqualTo(0711);
    }

    @Test
    void aTreeIsDeletedWithoutFollowingItsLinks() throws IOException {
        Files.createDirectories(root.resolve("tree/deep/er"));
        Files.writeString(root.resolve("tree/deep/er/file"), "x");
        Files.createSymbolicLink(root.resolve("tree/deep/link"), host);

        write("/", false, file("tree"));

        assertThat(root.resolve("tree")).isRegularFile();
        assertThat(secret).exists();
    }

    /// Directories with bait, as far as they are not there; each made elsewhere, so as not to step into a trap itself.
    private void set(Path trap) throws IOException {
        if (Files.isRegularFile(trap)) {
            Files.delete(trap);
        }
        Files.createDirectories(trap);
        Path bait = root.resolve("bait");
        for (int index = 0; index < TRAPS; index++) {
            try {
                if (Files.notExists(bait)) {
                    Files.writeString(Files.createDirectory(bait).resolve("secret"), "bait");
                }
                Files.move(bait, trap.resolve("" + index));
            } catch (IOException disturbed) {
                continue;
            }
        }
    }

    /// Makes a directory a link to the host's for a moment.
    private void spring(Path directory, Path spare) {
        try {
            Files.move(directory, spare);
            Files.createSymbolicLink(directory, host);
            Files.delete(directory);
            Files.move(spare, directory);
        } catch (IOException disturbed) {
            return;
        }
    }

    private List<String> read(String path) throws IOException {
        var out = new ByteArrayOutputStream();
        copies.read(path, out);
        var tar = new TarReader(new ByteArrayInputStream(out.toByteArray()));
        var all = new ArrayList<String>();
        for (Optional<TarEntry> next = tar.next(); next.isPresent(); next = tar.next()) {
            TarEntry entry = next.get();
            var text = new ByteArrayOutputStream();
            if (entry.type() == TarEntry.Type.FILE) {
                tar.content((offset, bytes, length) -> text.write(bytes, 0, length));
            }
            all.add(
                    entry.linkName().isEmpty()
                            ? entry.name() + ": " + text.toString(StandardCharsets.UTF_8)
                            : entry.name() + " -> " + entry.linkName());
        }
        return all;
    }

    private void writeAnyway(String path, TarEntry... entries) {
        try {
            write(path, false, entries);
        } catch (IOException | EngineException refused) {
            return;
        }
    }

    private void write(String path, boolean keepsKinds, TarEntry... entries) throws IOException {
        var out = new ByteArrayOutputStream();
        var tar = new TarWriter(out);
        for (TarEntry entry : entries) {
            if (entry.type() == TarEntry.Type.FILE) {
                try (InputStream content = new ByteArrayInputStream(new byte[(int) entry.size()])) {
                    tar.add(entry, content);
                }
            } else {
                tar.add(entry);
            }
        }
        tar.finish();
        copies.write(new ByteArrayInputStream(out.toByteArray()), path, keepsKinds);
    }

    private static TarEntry file(String name) {
        return entry(name, TarEntry.Type.FILE, "", 3, 0600);
    }

    private static TarEntry link(String name, String target) {
        return entry(name, TarEntry.Type.SYMLINK, target, 0, 0777);
    }

    private static TarEntry hardLink(String name, String target) {
        return entry(name, TarEntry.Type.HARD_LINK, target, 0, 0600);
    }

    private static TarEntry entry(String name, TarEntry.Type type, String link, long size, int mode) {
        return new TarEntry(name, type, link, size, mode, 0, 0, FileTime.fromMillis(0), 0, 0, Map.of());
    }
}
