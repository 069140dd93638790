package dev.longshore.builder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.builder.dockerfile.DockerfileException;
import dev.longshore.builder.stage.Wishes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Where contexts come from.
class ContextsTest {

    private static Workshop shop;
    private static Web web;

    @BeforeAll
    static void open() throws Exception {
        shop = Workshop.quick();
        web = new Web(Files.createDirectory(shop.root.resolve("web")));
    }

    @BeforeEach
    void begin() throws IOException {
        shop.clear();
        web.clear();
    }

    @AfterEach
    void nothingIsLeft() {
        Path staging = shop.images
                .layout()
                .root()
                .resolve("staging")
                .resolve(shop.images.layout().bootId());
        assertThat(staging).isEmptyDirectory();
    }

    @AfterAll
    static void close() throws IOException {
        if (shop != null) {
            web.close();
            shop.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-c", "-cz", "-cj", "-cJ", "--zstd -c"})
    void anArchiveIsOneHoweverItIsCompressed(String how) throws Exception {
        byte[] archive = archive(how);
        assertThat(built(shop.builder().receive(new ByteArrayInputStream(archive))))
                .containsEntry("/o/f", "f 644 0:0 f");

        web.put("/context", archive, "Content-Type", "application/octet-stream");
        assertThat(built(shop.builder().fetch(web.at("/context")))).containsEntry("/o/f", "f 644 0:0 f");
    }

    @Test
    void aDockerfileByItselfIsOne() throws Exception {
        String text = "FROM scratch\nCOPY <<x /o/\nhello wörld\nx\n";
        assertThat(built(shop.builder().receive(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)))))
                .containsEntry("/o/x", "f 644 0:0 hello wörld\n");

        web.put("/some/File", text, "ETag", "\"1\"");
        assertThat(built(shop.builder().fetch(web.at("/some/File")))).containsKey("/o/x");
        assertThat(built(shop.builder().fetch(web.at("/some/File")))).containsKey("/o/x");
    }

    @Test
    void aRepositoryOrADirectoryOfOneIs() throws Exception {
        Path work = Files.createTempDirectory(shop.root, "repository");
        Files.createDirectories(work.resolve("app"));
        Files.writeString(work.resolve("Dockerfile"), "FROM scratch\nCOPY . /o/\n");
        Files.writeString(work.resolve("app/Dockerfile"), "FROM scratch\nCOPY . /p/\n");
        Repository.of(work).commit("one").serve(web.files().resolve("r.git"));

        assertThat(built(shop.builder().fetch(web.at("/r.git"))))
                .containsOnlyKeys("/o", "/o/Dockerfile", "/o/app", "/o/app/Dockerfile");
        assertThat(built(shop.builder().fetch(web.at("/r.git#main:app")))).containsOnlyKeys("/p", "/p/Dockerfile");
        assertThat(built(shop.builder().fetch(web.at("/r.git?keep-git-dir=1")))).containsKey("/o/.git/HEAD");
        for (var kept :
                Map.of("1", true, "true", true, "0", false, "yes", false).entrySet()) {
            Wishes wishes = Wishes.NONE.withArgument("BUILDKIT_CONTEXT_KEEP_GIT_DIR", kept.getKey());
            assertThat(built(shop.builder().fetch(web.at("/r.git"), wishes)).containsKey("/o/.git/HEAD"))
                    .as(kept.getKey())
                    .isEqualTo(kept.getValue());
        }
        assertThatThrownBy(() -> shop.builder().fetch(web.at("/r.git#:none")))
                .isInstanceOf(DockerfileException.class)
                .hasMessage("build context: the repository has no directory none");
    }

    @Test
    void whatIsNoneSaysWhy() throws Exception {
        web.put("/binary", new byte[] {1, 2, 3, 0, 4});

        assertThatThrownBy(() -> shop.builder().receive(new ByteArrayInputStream(new byte[] {1, 2, 3, 0})))
                .isInstanceOf(DockerfileException.class);
        assertThatThrownBy(() -> shop.builder().fetch(web.at("/binary"))).isInstanceOf(DockerfileException.class);
        assertThatThrownBy(() -> shop.builder().fetch(web.at("/none")))
                .hasMessage("build context: cannot fetch " + web.at("/none") + ": invalid response status 404");
        assertThatThrownBy(() -> shop.builder().fetch("ftp://x/y"))
                .hasMessage("build context: remoteURL (ftp://x/y) could not be recognized as URL");
    }

    @Test
    void whatIsIgnoredIsReadOnlyToBuild() throws Exception {
        shop.write(".dockerignore", "*\n!keep\n!a/b/keep\nDockerfile\n.dockerignore\n")
                .write("keep", "k")
                .write("a/b/keep", "k")
                .write("a/c/gone", "g");
        shop.dockerfile("FROM scratch\nCOPY . /o/\n").build("app");
        assertThat(FileTrees.of(shop.tree("app"))).containsOnlyKeys("/o", "/o/keep", "/o/a", "/o/a/b", "/o/a/b/keep");

        shop.write("Dockerfile.dockerignore", "keep\na\n").build("app");
        assertThat(FileTrees.of(shop.tree("app")))
                .containsOnlyKeys("/o", "/o/Dockerfile", "/o/Dockerfile.dockerignore", "/o/.dockerignore");

        shop.write("Dockerfile.dockerignore", "ok\n[\n");
        assertThatThrownBy(() -> shop.build("app")).hasMessage(".dockerignore: syntax error in pattern: [");
    }

    private byte[] archive(String how) throws Exception {
        shop.dockerfile("FROM scratch\nCOPY f /o/\n").write("f", "f");
        Files.setAttribute(shop.context.resolve("f"), "unix:mode", 0644);
        Process tar = new ProcessBuilder("sh", "-c", "tar " + how + " .")
                .directory(shop.context.toFile())
                .start();
        byte[] archive = tar.getInputStream().readAllBytes();
        assertThat(tar.waitFor()).isZero();
        return archive;
    }

    private Map<String, String> built(Context context) throws Exception {
        try {
            shop.builder().build(context.applied(BuildRequest.tagged("app")), context.directory(), event -> {});
            return FileTrees.of(shop.tree("app"));
        } finally {
            shop.builder().discard(context);
        }
    }
}
