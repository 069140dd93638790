package dev.longshore.runtime.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.runtime.ContainerSecurity;
import dev.longshore.runtime.RuntimeFaultException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayeredRootTest {

    @TempDir
    Path directory;

    private Path file(String layer, String path, String text) throws IOException {
        Path file = directory.resolve(layer).resolve(path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private LayeredRoot root() {
        return new LayeredRoot(List.of(directory.resolve("top"), directory.resolve("bottom")));
    }

    @Test
    void theTopmostLayerWins() throws IOException {
        file("bottom", "etc/passwd", "old");
        file("top", "etc/passwd", "new");
        file("bottom", "etc/group", "below");

        assertThat(root().read("/etc/passwd")).contains("new");
        assertThat(root().read("/etc/group")).contains("below");
        assertThat(root().read("/etc/nothing")).isEmpty();
        assertThat(root().read("/etc")).isEmpty();
    }

    @Test
    void aFileHidesADirectoryBelow() throws IOException {
        file("bottom", "etc/passwd", "below");
        file("top", "etc", "no directory any more");

        assertThat(root().read("/etc/passwd")).isEmpty();
    }

    @Test
    void linksStayInsideTheRoot() throws IOException {
        file("bottom", "data/passwd", "inside");
        Path secret = Files.writeString(directory.resolve("secret"), "outside");
        Files.createDirectories(directory.resolve("top/etc"));
        Files.createSymbolicLink(directory.resolve("top/etc/passwd"), Path.of("/data/passwd"));
        Files.createSymbolicLink(directory.resolve("top/etc/group"), secret);
        Files.createSymbolicLink(directory.resolve("top/etc/up"), Path.of("../../../../secret"));
        Files.createSymbolicLink(directory.resolve("top/etc/loop"), Path.of("loop"));
        Files.createSymbolicLink(directory.resolve("top/alias"), Path.of("etc/../data"));

        assertThat(root().read("/etc/passwd")).contains("inside");
        assertThat(root().read("/alias/passwd")).contains("inside");
        assertThat(root().read("/etc/group")).isEmpty();
        assertThat(root().read("/etc/up")).isEmpty();
        assertThat(root().read("/etc/loop")).isEmpty();
    }

    @Test
    void usersAreFoundByNameAndByNumber() throws IOException {
        file("bottom", "etc/passwd", "web:x:101:102::/home/web:/bin/sh\n");
        file("bottom", "etc/group", "www:x:102:\nextra:x:200:other,web\n");

        var web = new ProcessUser(101, 102, List.of(200L), "/home/web");
        assertThat(ProcessUser.of("web", root())).isEqualTo(web);
        assertThat(ProcessUser.of("101", root())).isEqualTo(web);
        assertThat(ProcessUser.of("web:extra", root()).gid()).isEqualTo(200);
        assertThat(ProcessUser.of("7:8", root())).isEqualTo(new ProcessUser(7, 8, List.of(), "/"));
        assertThat(ProcessUser.of("", root())).isEqualTo(new ProcessUser(0, 0, List.of(), "/"));
        assertThat(ProcessUser.of(ContainerSecurity.DEFAULT, "web", root())).isEqualTo(web);
        assertThatThrownBy(() -> ProcessUser.of("nobodyknows", root()))
                .isInstanceOf(RuntimeFaultException.class)
                .hasMessageContaining("nobodyknows");
    }
}
