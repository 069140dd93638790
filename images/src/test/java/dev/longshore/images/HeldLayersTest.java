package dev.longshore.images;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.linux.Inodes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Layers whose processes change them while they are read.
class HeldLayersTest {

    @TempDir
    Path root;

    private Path upper;
    private Path lower;
    private Path secrets;

    @BeforeEach
    void layers() throws IOException {
        upper = Files.createDirectories(root.resolve("upper"));
        lower = Files.createDirectories(root.resolve("lower"));
        secrets = Files.createDirectories(root.resolve("secrets"));
        Files.writeString(secrets.resolve("key"), "the host's");
        Files.createDirectories(upper.resolve("d"));
        Files.createDirectories(lower.resolve("d"));
        Files.writeString(upper.resolve("d/new"), "new");
        Files.writeString(lower.resolve("d/old"), "old");
    }

    private void swapForLink(Path directory) throws IOException {
        Files.move(directory, directory.resolveSibling("away"));
        Files.createSymbolicLink(directory, secrets);
    }

    @Test
    void showsWhatTheLayersMakeTogether() throws Exception {
        try (var top = HeldLayers.of(List.of(upper, lower), Inodes.host());
                var below = top.child("d")) {
            assertThat(top.children()).containsOnlyKeys("d");
            assertThat(below.children()).containsOnlyKeys("new", "old");
        }
    }

    @Test
    void aDirectoryThatIsHeldStaysItself() throws Exception {
        try (var top = HeldLayers.of(List.of(upper, lower), Inodes.host());
                var below = top.child("d")) {
            swapForLink(upper.resolve("d"));

            assertThat(below.children()).containsOnlyKeys("new", "old");
            assertThat(Files.readString(below.children().get("new").place())).isEqualTo("new");
        }
    }

    @Test
    void aDirectoryThatHasBecomeALinkLeadsNowhere() throws Exception {
        try (var top = HeldLayers.of(List.of(upper, lower), Inodes.host())) {
            assertThat(top.children().get("d").stat().isDirectory()).isTrue();
            swapForLink(upper.resolve("d"));

            try (var below = top.child("d")) {
                assertThat(below.children()).isEmpty();
            }
        }
    }

    /// The link is put in place when the archive has told of the directory and has not yet looked into it.
    @Test
    void anArchiveHasNothingOfTheHostWhenADirectoryBecomesALink() throws Exception {
        var archive = new ByteArrayOutputStream();
        var out = new OutputStream() {
            @Override
            public void write(int value) throws IOException {
                write(new byte[] {(byte) value}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int start, int length) throws IOException {
                if (!Files.isSymbolicLink(upper.resolve("d"))) {
                    swapForLink(upper.resolve("d"));
                }
                archive.write(bytes, start, length);
            }
        };
        Files.writeString(upper.resolve("d/key"), "ours");

        new TreeArchive(Inodes.host()).write(new MergedTree(List.of(upper, lower), Inodes.host()), out);

        assertThat(archive.toString(StandardCharsets.UTF_8)).contains("d/").doesNotContain("the host's");
    }
}
