package dev.longshore.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Needs root.
class DirectMountsTest {

    @TempDir
    Path directory;

    private final DirectMounts mounts = DirectMounts.host();
    private Path at;

    @BeforeEach
    void asRoot() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "mounts need root");
        at = Files.createDirectory(directory.resolve("at"));
    }

    @AfterEach
    void leave() throws IOException {
        for (Mounts.Mount mount : mounts.under(directory)) {
            mounts.detach(mount.point());
        }
    }

    @Test
    void aTmpfsHasTheSizeAskedForAndGoesAlsoWhileItIsInUse() throws IOException {
        mounts.mount("tmpfs", at, "size=65536");

        assertThat(Files.getFileStore(at).getTotalSpace()).isEqualTo(65536);
        assertThat(mounts.under(at))
                .hasSize(1)
                .first()
                .extracting(Mounts.Mount::type)
                .isEqualTo("tmpfs");
        try (var busy = Files.newOutputStream(at.resolve("file"))) {
            busy.write(1);
            mounts.detach(at);
        }
        assertThat(mounts.under(directory)).isEmpty();
        assertThat(at).isEmptyDirectory();
        mounts.detach(at);
    }

    @Test
    void aBoundFileIsWhatWasHeldWhateverItsNameMeansNow() throws IOException {
        Path inner = Files.createDirectory(directory.resolve("inner"));
        Files.writeString(inner.resolve("file"), "held");
        Path target = Files.createFile(directory.resolve("target"));
        Files.writeString(directory.resolve("secret"), "outside");

        try (Held held = new Beneath(inner).entry("file")) {
            Files.move(inner.resolve("file"), inner.resolve("elsewhere"));
            Files.createSymbolicLink(inner.resolve("file"), directory.resolve("secret"));
            mounts.bind(held, target);
        }

        assertThat(target).hasContent("held");
    }
}
