package dev.longshore.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BeneathTest {

    @TempDir
    Path directory;

    private Path root;
    private Beneath beneath;

    @BeforeEach
    void make() throws IOException {
        root = Files.createDirectories(directory.resolve("root"));
        Files.writeString(Files.createDirectories(root.resolve("inner")).resolve("file"), "inside");
        Files.writeString(directory.resolve("secret"), "outside");
        beneath = new Beneath(root);
    }

    @Test
    void findsWhatIsThereAlsoOverLinksThatStayInside() throws IOException {
        Files.createSymbolicLink(root.resolve("link"), Path.of("inner/file"));

        try (Held file = beneath.entry("link")) {
            assertThat(Files.readString(file.path())).isEqualTo("inside");
        }
    }

    @Test
    void refusesEveryWayOut() throws IOException {
        Files.createSymbolicLink(root.resolve("up"), Path.of(".."));
        Files.createSymbolicLink(root.resolve("absolute"), directory.resolve("secret"));
        Files.createSymbolicLink(root.resolve("magic"), Path.of("/proc/self/exe"));

        for (String path : new String[] {"../secret", "up/secret", "absolute", "magic", "/etc", "inner/../../secret"}) {
            assertThatThrownBy(() -> beneath.entry(path)).as(path).isInstanceOf(FileSystemException.class);
        }
    }

    @Test
    void makesDirectoriesWithTheModeAskedFor() throws IOException {
        try (Held made = beneath.entryOrDirectory("a/b", 02775)) {
            Files.writeString(made.path().resolve("file"), "mine");
        }

        assertThat(root.resolve("a/b/file")).hasContent("mine");
        assertThat((int) Files.getAttribute(root.resolve("a"), "unix:mode") & 07777)
                .isEqualTo(02775);
    }

    @Test
    void makesNothingBehindALinkThatLeadsNowhere() throws IOException {
        Files.createSymbolicLink(root.resolve("dangling"), directory.resolve("fresh"));

        assertThatThrownBy(() -> beneath.entryOrDirectory("dangling/x", 0755)).isInstanceOf(FileSystemException.class);
        Files.createSymbolicLink(root.resolve("inside"), Path.of("nowhere"));
        assertThatThrownBy(() -> beneath.entryOrDirectory("inside", 0755))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThat(directory.resolve("fresh")).doesNotExist();
    }

    @Test
    void aChildIsHeldItselfAlsoIfItIsALink() throws IOException {
        Files.createSymbolicLink(root.resolve("link"), directory.resolve("secret"));

        try (Held top = beneath.entry("");
                Held link = top.child("link")) {
            assertThat(Files.readAttributes(link.path(), "unix:mode").get("mode"))
                    .isEqualTo(Files.getAttribute(root.resolve("link"), "unix:mode", LinkOption.NOFOLLOW_LINKS));
        }
    }
}
