package dev.longshore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NodeDirectoriesTest {

    @TempDir
    private Path scratch;

    @Test
    void aDirectoryGoesWithAllThatIsInItAndNothingBehindItsLinks() throws IOException {
        Path root = scratch.resolve("volumes");
        Path kept = Files.createDirectories(scratch.resolve("kept"));
        Files.writeString(kept.resolve("file"), "precious");
        Path inside = Files.createDirectories(root.resolve("pvc-1").resolve("deep"));
        Files.createSymbolicLink(inside.resolve("link"), kept);
        var directories = new NodeDirectories(root);

        assertThat(directories.path("pvc-1")).isEqualTo(root.resolve("pvc-1").toString());
        directories.remove("pvc-1");
        directories.remove("pvc-1");

        assertThat(root.resolve("pvc-1")).doesNotExist();
        assertThat(kept.resolve("file")).hasContent("precious");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "../kept", "a/b", "/etc", "a..b", "A"})
    void noNameLeadsOutOfTheRoot(String name) {
        var directories = new NodeDirectories(scratch);

        assertThatThrownBy(() -> directories.remove(name)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> directories.path(name)).isInstanceOf(IllegalArgumentException.class);
    }
}
