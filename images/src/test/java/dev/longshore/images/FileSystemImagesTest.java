package dev.longshore.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.linux.Inodes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class FileSystemImagesTest {

    @RegisterExtension
    final Scratch scratch = new Scratch();

    private LocalImages local;

    @BeforeEach
    void needsRoot() throws Exception {
        Needs.root();
        local = scratch.local();
    }

    @Test
    void aCommittedContainerIsItsImageAndWhatItWrote() throws Exception {
        Image base = Tar.image(
                local, "base:1", new Tar().file("old", "1").file("kept", "2").bytes());
        Path upper = Files.createDirectory(scratch.root().resolve("upper"));
        Files.writeString(upper.resolve("new"), "3");
        Overlay.makeWhiteout(Inodes.host(), upper.resolve("old"));
        var calls = new ArrayList<String>();

        Image image = new FileSystemImages(local)
                .commit(
                        base,
                        upper,
                        wish(RunConfig.EMPTY.withEnv(Map.of("A", "b")), "Ann", "first try", "made:1"),
                        noting(calls, upper));

        assertThat(calls).containsExactly("freeze", "thaw");
        assertThat(upper.resolve("new")).exists();
        var tree = local.layers().merged(local.layers().directories(image.manifest(), image.config()));
        assertThat(tree.list("/")).containsOnlyKeys("kept", "new");
        assertThat(image.config().run().env()).containsEntry("A", "b");
        assertThat(image.config().author()).isEqualTo("Ann");
        assertThat(image.config().history().getLast().comment()).isEqualTo("first try");
        assertThat(image.names()).extracting(Reference::familiar).containsExactly("made:1");
        assertThat(local.images().parent(image)).contains(base.id());
        assertThat(image.config().diffIds()).hasSize(2);
    }

    @Test
    void aContainerThatWroteNothingMakesNoLayer() throws Exception {
        Image base = Tar.image(local, "base:1", new Tar().file("old", "1").bytes());
        Path upper = Files.createDirectory(scratch.root().resolve("upper"));

        Image image = new FileSystemImages(local)
                .commit(base, upper, wish(RunConfig.EMPTY, "", "only words", "made:1"), Freeze.NONE);

        assertThat(image.config().diffIds()).isEqualTo(base.config().diffIds());
        assertThat(image.config().history().getLast().emptyLayer()).isTrue();
    }

    @Test
    void aContainerGoesOnThoughItsCommitFailed() throws Exception {
        Image base = Tar.image(local, "base:1", new Tar().file("old", "1").bytes());
        var calls = new ArrayList<String>();
        Path file = Files.writeString(scratch.root().resolve("no-directory"), "");

        assertThatThrownBy(() -> new FileSystemImages(local)
                        .commit(base, file, wish(RunConfig.EMPTY, "", "", "made:1"), noting(calls, file)))
                .isInstanceOf(java.io.IOException.class);

        assertThat(calls).containsExactly("freeze", "thaw");
        assertThat(local.images().find("made:1")).isEmpty();
    }

    @Test
    void whatIsExportedCanBeImported() throws Exception {
        Image base = Tar.image(
                local,
                "base:1",
                new Tar()
                        .directory("d")
                        .file("d/a", "1")
                        .hardLink("d/b", "d/a")
                        .symlink("l", "d/a")
                        .device("null", 1, 3)
                        .file("gone", "x")
                        .bytes(),
                new Tar().file(".wh.gone", "").program("run", "#!").bytes());
        Path ping = local.layers()
                .directories(base.manifest(), base.config())
                .getFirst()
                .resolve("run");
        byte[] capability = {1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
        Inodes.host().setAttribute(ping, "security.capability", capability);
        var exported = new ByteArrayOutputStream();
        local.layers()
                .archive()
                .write(local.layers().merged(local.layers().directories(base.manifest(), base.config())), exported);

        Image image = new FileSystemImages(local)
                .imported(
                        new ByteArrayInputStream(exported.toByteArray()),
                        Platform.parse("linux/amd64"),
                        wish(RunConfig.EMPTY, "", "from a container", "flat:1"));

        Path root = local.layers().directories(image.manifest(), image.config()).getFirst();
        assertThat(root.resolve("gone")).doesNotExist();
        assertThat(root.resolve("d/b")).hasContent("1");
        assertThat(Files.getAttribute(root.resolve("d/b"), "unix:nlink")).isEqualTo(2);
        assertThat(FileStat.of(root.resolve("null")).orElseThrow().rdev()).isEqualTo(0x103);
        assertThat(Inodes.host().attribute(root.resolve("run"), "security.capability"))
                .hasValue(capability);
        assertThat(image.config().history()).hasSize(1);
    }

    @Test
    void whatIsNoArchiveBecomesNoImage() throws Exception {
        byte[] junk = "junk".repeat(500).getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> new FileSystemImages(local)
                        .imported(
                                new ByteArrayInputStream(junk),
                                Platform.parse("linux/amd64"),
                                wish(RunConfig.EMPTY, "", "", "bad:1")))
                .isInstanceOf(ImageFaultException.class);
        assertThat(local.images().list()).isEmpty();
        assertThat(local.collector().collect().blobs()).isEqualTo(1);
    }

    private static FileSystemImages.Wish wish(RunConfig run, String author, String comment, String name) {
        return new FileSystemImages.Wish(run, author, comment, "sh", List.of(Reference.parse(name)));
    }

    private static Freeze noting(List<String> calls, Path upper) {
        return new Freeze() {
            @Override
            public void freeze() {
                assertThat(upper).exists();
                calls.add("freeze");
            }

            @Override
            public void thaw() {
                calls.add("thaw");
            }
        };
    }
}
