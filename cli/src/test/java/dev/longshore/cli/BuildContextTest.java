package dev.longshore.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildContextTest {

    private static final InputStream NOTHING = InputStream.nullInputStream();

    @TempDir
    private Path folder;

    private Path root;

    @BeforeEach
    void fill() throws Exception {
        root = Files.createDirectory(folder.resolve("root"));
        Files.writeString(root.resolve("Dockerfile"), "FROM scratch\n");
        Files.writeString(root.resolve(".dockerignore"), "*.log\n");
    }

    @Test
    void aDockerfileInTheContextIsNamedByItsPath() throws Exception {
        Files.createDirectory(root.resolve("d"));
        Files.writeString(root.resolve("d/Other"), "FROM scratch\n");

        assertThat(BuildContext.of(root.toString(), null, NOTHING).dockerfile()).isEqualTo("Dockerfile");
        assertThat(BuildContext.of(root.toString(), root.resolve("d/Other").toString(), NOTHING)
                        .dockerfile())
                .isEqualTo("d/Other");
    }

    @Test
    void oneFromElsewhereComesAlongAndIsHiddenFromCopy() throws Exception {
        Path other = Files.writeString(folder.resolve("Other"), "FROM other\n");

        BuildContext context = BuildContext.of(root.toString(), other.toString(), NOTHING);
        String sent = read(context);

        assertThat(sent).contains("FROM other", "*.log\n\n" + context.dockerfile() + "*", "FROM scratch");
        assertThat(context.named(context.dockerfile() + ":1: wrong")).isEqualTo("Other:1: wrong");
    }

    @Test
    void standardInputIsAnArchiveOrADockerfile() throws Exception {
        assertThat(read(BuildContext.of("-", null, text("FROM here\n"))))
                .startsWith("Dockerfile")
                .contains("FROM here");
        byte[] zipped = {0x1f, (byte) 0x8b, 8, 0};
        try (InputStream archive =
                BuildContext.of("-", null, new ByteArrayInputStream(zipped)).behind(new byte[] {'\n'}, List.of())) {
            assertThat(archive.readAllBytes()).containsExactly('\n', 0x1f, 0x8b, 8, 0);
        }
        assertThat(read(BuildContext.of(root.toString(), "-", text("FROM stdin\n"))))
                .contains("FROM stdin");
    }

    @Test
    void aDockerfileThatIsALinkOutOfTheContextComesAlong() throws Exception {
        Path real = Files.writeString(folder.resolve("Real"), "FROM elsewhere\n");
        Files.delete(root.resolve("Dockerfile"));
        Files.createSymbolicLink(root.resolve("Dockerfile"), real);

        BuildContext context = BuildContext.of(root.toString(), null, NOTHING);

        assertThat(context.dockerfile()).isNotEqualTo("Dockerfile");
        assertThat(read(context)).contains("FROM elsewhere");
    }

    @Test
    void aDockerfileMayBeCalledSoInLowerCase() throws Exception {
        Files.move(root.resolve("Dockerfile"), root.resolve("dockerfile"));

        assertThat(BuildContext.of(root.toString(), null, NOTHING).dockerfile()).isEqualTo("dockerfile");
    }

    @Test
    void anAddressIsTheEnginesToFetch() throws Exception {
        BuildContext context = BuildContext.of("https://example.com/x.git#main", "d/Dockerfile", NOTHING);

        assertThat(context.remote()).isEqualTo("https://example.com/x.git#main");
        assertThat(context.dockerfile()).isEqualTo("d/Dockerfile");
        assertThat(read(context)).isEmpty();
        assertThatThrownBy(() -> BuildContext.of("git@example.com:x", "-", NOTHING))
                .hasMessageContaining("cannot come from standard input");
    }

    @Test
    void whatIsNotThereIsNamed() {
        assertThatThrownBy(() -> BuildContext.of(folder.resolve("none").toString(), null, NOTHING))
                .hasMessageContaining("no such directory");
        assertThatThrownBy(() -> BuildContext.of(folder.toString(), null, NOTHING))
                .hasMessageContaining("no Dockerfile at");
        assertThatThrownBy(() -> BuildContext.of("-", "-", NOTHING)).hasMessageContaining("cannot both");
        assertThatThrownBy(() -> BuildContext.of("-", null, NOTHING)).hasMessageContaining("neither");
    }

    private static InputStream text(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String read(BuildContext context) throws Exception {
        try (InputStream in = context.behind(new byte[0], List.of())) {
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }
}
