package dev.longshore.builder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.Digest;
import dev.longshore.builder.dockerfile.DockerfileException;
import dev.longshore.builder.graph.NamedContext;
import dev.longshore.builder.graph.NamedContexts;
import dev.longshore.builder.stage.Wishes;
import dev.longshore.images.Image;
import dev.longshore.images.ImageArchive;
import dev.longshore.images.Platform;
import dev.longshore.images.Reference;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Contexts that a build is given by name.
class NamedContextsTest {

    private static Workshop shop;
    private static Web web;
    private Path directory;

    @BeforeAll
    static void open() throws Exception {
        shop = Workshop.quick();
        web = new Web(Files.createDirectory(shop.root.resolve("web")));
    }

    @BeforeEach
    void begin() throws IOException {
        shop.clear();
        web.clear();
        directory = Files.createTempDirectory(shop.root, "named");
    }

    @AfterEach
    void nothingIsLeft() {
        assertThat(shop.images
                        .layout()
                        .root()
                        .resolve("staging")
                        .resolve(shop.images.layout().bootId()))
                .isEmptyDirectory();
    }

    @AfterAll
    static void close() throws IOException {
        if (shop != null) {
            web.close();
            shop.close();
        }
    }

    @Test
    void aDirectoryGivesFilesThatBelongToRoot() throws Exception {
        file("d/f", "one");
        Files.setAttribute(directory.resolve("d/f"), "unix:uid", 1234);
        shop.dockerfile("FROM scratch\nCOPY --from=src d/f /o/\n");

        assertThat(built(of("src", directory))).containsEntry("/o/f", "f 644 0:0 one");
    }

    @Test
    void aDirectoryHasItsOwnIgnoreFile() throws Exception {
        file(".dockerignore", "*.log\n.dockerignore\n");
        file("a.log", "x");
        file("a.txt", "x");
        shop.write(".dockerignore", "*.txt\n").dockerfile("FROM scratch\nCOPY --from=src . /o/\n");

        assertThat(built(of("src", directory))).containsOnlyKeys("/o", "/o/a.txt");

        file(".dockerignore", "[\n");
        assertThatThrownBy(() -> built(of("src", directory)))
                .isInstanceOf(DockerfileException.class)
                .hasMessage("build context src: failed parsing .dockerignore: syntax error in pattern: [");
    }

    @Test
    void onlyWhatItsFilesAreCountsForTheCache() throws Exception {
        file("f", "one");
        file("unused", "1");
        shop.dockerfile("FROM src\nLABEL a=b\nFROM scratch\nCOPY --from=0 /f /\nCOPY --from=src /f /g\n");
        built(of("src", directory));
        shop.said.setLength(0);

        Path same = Files.createTempDirectory(shop.root, "named");
        Files.writeString(same.resolve("f"), "one");
        Files.writeString(same.resolve("unused"), "2");
        built(of("src", same));
        assertThat(shop.said.toString().split("Using cache", -1)).hasSize(3);

        Files.writeString(same.resolve("f"), "two");
        assertThat(built(of("src", same))).containsEntry("/f", "f 644 0:0 two").containsEntry("/g", "f 644 0:0 two");
    }

    @Test
    void aStageBeginsWithADirectory() throws Exception {
        file("etc/x", "x");
        shop.dockerfile("FROM root AS base\nENV A=b\nFROM base\nCOPY <<y /etc/\nhello\ny\n");

        assertThat(built(of("root", directory)))
                .containsEntry("/etc/x", "f 644 0:0 x")
                .containsEntry("/etc/y", "f 644 0:0 hello\n");
        assertThat(shop.config("app").run().env()).containsEntry("A", "b");
        assertThat(shop.config("app").history().getFirst().createdBy()).isEqualTo("[context base] load from client");
    }

    @Test
    void aContextTakesAStagesPlaceAndNothingOfThatIsDone() throws Exception {
        file("out", "given");
        shop.dockerfile("FROM nowhere.example/none AS build\nRUN exit 1\nFROM scratch\nCOPY --from=build out /\n"
                + "COPY --from=0 out /too\n");

        assertThat(built(of("build", directory)))
                .containsEntry("/out", "f 644 0:0 given")
                .containsEntry("/too", "f 644 0:0 given");

        shop.dockerfile("FROM scratch AS build\nCOPY none /\nFROM build\nLABEL a=b\n");
        assertThat(built(of("build", directory))).containsEntry("/out", "f 644 0:0 given");
    }

    @Test
    void aContextTakesAnImagesPlaceHoweverThatIsWritten() throws Exception {
        shop.dockerfile("FROM scratch\nLABEL it=is\nCOPY <<f /\nhi\nf\n").build("mine:1");
        shop.dockerfile("FROM docker.io/library/nothing:latest\nCOPY --from=other.example/x:2 /f /g\n");

        built(of("nothing", image("mine:1")).with("other.example/x:2", image("mine:1")));

        assertThat(shop.config("app").run().labels()).containsEntry("it", "is");
        assertThat(FileTrees.of(shop.tree("app"))).containsKeys("/f", "/g");

        assertThatThrownBy(() -> built(of("nothing:other", image("mine:1")))).hasMessageContaining("nothing");
        assertThatThrownBy(() -> built(of("nothing", image("gone.example/x"))))
                .hasMessageContaining("Dockerfile:1: the build context nothing: ")
                .hasMessageContaining("gone.example/x");
    }

    @Test
    void nothingIsAContextToo() throws Exception {
        shop.dockerfile("FROM longshore.local/busybox\nCOPY <<f /\nhi\nf\n");

        assertThat(built(of("longshore.local/busybox", new NamedContext.Nothing())))
                .containsOnlyKeys("/f");
    }

    @Test
    void aContextMayBeForOnePlatformOnly() throws Exception {
        file("f", "special");
        Path general = Files.createTempDirectory(shop.root, "named");
        Files.writeString(general.resolve("f"), "general");
        var contexts = of("src", general).with("src::linux/riscv64", new NamedContext.OfDirectory(directory));
        shop.dockerfile("FROM --platform=$BUILDPLATFORM src AS here\nFROM --platform=$TARGETPLATFORM src AS there\n"
                + "FROM scratch\nCOPY --from=here f /here\nCOPY --from=there f /there\nCOPY --from=src f /src\n");

        Wishes wishes =
                Wishes.NONE.withPlatform(Platform.parse("linux/riscv64")).withContexts(contexts);
        shop.build("app", wishes);

        assertThat(shop.content("app", "/here")).isEqualTo("general");
        assertThat(shop.content("app", "/there")).isEqualTo("special");
        assertThat(shop.content("app", "/src")).isEqualTo("special");
    }

    @Test
    void triggersOfAContextRunWhereItIsAStagesImageOnly() throws Exception {
        shop.dockerfile("FROM scratch\nONBUILD COPY --from=files f /triggered\n")
                .build("base:1");
        file("f", "f");
        var contexts = of("base", image("base:1")).with("files", new NamedContext.OfDirectory(directory));

        shop.dockerfile("FROM base\n");
        assertThat(built(contexts)).containsOnlyKeys("/triggered");
        assertThat(shop.config("app").run().onBuild()).isEmpty();

        shop.dockerfile("FROM scratch AS base\nFROM base\nCOPY --from=files f /own\n");
        assertThat(built(contexts)).containsOnlyKeys("/own");
        assertThat(shop.config("app").run().onBuild()).isEmpty();
    }

    @Test
    void anImageOfALayoutIsTaken() throws Exception {
        Image packed = packed();
        shop.dockerfile("FROM packed\nCOPY --from=packed f /g\n");

        assertThat(built(of("packed", new NamedContext.OfLayout(directory, packed.target()))))
                .containsOnlyKeys("/f", "/g");
        assertThat(shop.config("app").run().labels()).containsEntry("from", "layout");
        assertThat(shop.images.images().find("packed:1")).isEmpty();

        assertThatThrownBy(() -> built(of("packed", new NamedContext.OfLayout(directory, Digest.sha256(new byte[1])))))
                .hasMessageContaining("Dockerfile:1: the build context packed: ")
                .hasMessageContaining("is missing");
    }

    @Test
    void aLayoutIsVerified() throws Exception {
        Image packed = packed();
        Path config = directory.resolve("blobs/sha256").resolve(packed.id().hex());
        Files.write(config, new byte[(int) Files.size(config)]);
        shop.dockerfile("FROM packed\n");

        assertThatThrownBy(() -> built(of("packed", new NamedContext.OfLayout(directory, packed.target()))))
                .hasMessageContaining("Dockerfile:1: the build context packed: ")
                .hasMessageContaining(packed.id().toString());
    }

    @Test
    void aRepositoryAndAFileOfTheWebAreContexts() throws Exception {
        file("sub/f", "from git");
        Repository.of(directory).commit("one").serve(web.files().resolve("r.git"));
        web.put("/some.tar", "bytes", "ETag", "\"1\"");
        shop.dockerfile(
                "FROM scratch\nCOPY --from=git f /git\nCOPY --from=web context /web\nCOPY --from=git . /all/\n");

        assertThat(built(of("git", new NamedContext.OfAddress(web.at("/r.git#main:sub")))
                        .with("web", new NamedContext.OfAddress(web.at("/some.tar")))))
                .containsEntry("/git", "f 644 0:0 from git")
                .containsEntry("/web", "f 600 0:0 bytes")
                .containsOnlyKeys("/git", "/web", "/all", "/all/f");

        assertThatThrownBy(() -> built(of("git", new NamedContext.OfAddress(web.at("/none.tar")))))
                .hasMessage("build context git: cannot fetch " + web.at("/none.tar") + ": invalid response status 404");
    }

    @Test
    void whatNoStageWantsIsNotFetched() throws Exception {
        shop.dockerfile("FROM git AS unused\nFROM scratch\nLABEL a=b\n");

        built(of("git", new NamedContext.OfAddress("http://127.0.0.1:1/none")));

        assertThat(shop.images.images().find("app")).isPresent();
    }

    @Test
    void linksOfADirectoryLeadNowhereOutsideIt() throws Exception {
        Files.createSymbolicLink(directory.resolve("out"), Path.of("/etc"));
        shop.dockerfile("FROM scratch\nCOPY --from=src out/passwd /\n");

        assertThatThrownBy(() -> built(of("src", directory)))
                .hasMessageContaining("COPY failed: file not found in src: out/passwd");
    }

    private Map<String, String> built(NamedContexts contexts) throws Exception {
        shop.build("app", Wishes.NONE.withContexts(contexts));
        return FileTrees.of(shop.tree("app"));
    }

    private static NamedContexts of(String name, Path directory) {
        return of(name, new NamedContext.OfDirectory(directory));
    }

    private static NamedContexts of(String name, NamedContext context) {
        return NamedContexts.NONE.with(name, context);
    }

    private static NamedContext image(String name) {
        return new NamedContext.OfImage(Reference.parse(name).withDefaultTag());
    }

    private void file(String path, String text) throws IOException {
        Path file = directory.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        Files.setAttribute(file, "unix:mode", 0644);
    }

    /// An image made elsewhere, unpacked as a layout in the directory; each is another one.
    private Image packed() throws Exception {
        try (Workshop elsewhere = Workshop.quick()) {
            elsewhere
                    .dockerfile("FROM scratch\nLABEL from=layout at=" + directory + "\nCOPY <<f /\nhi\nf\n")
                    .build("packed:1");
            Image image = elsewhere.images.images().get("packed:1");
            Path archive = directory.resolveSibling("packed.tar");
            try (OutputStream out = Files.newOutputStream(archive)) {
                new ImageArchive(elsewhere.images).save(List.of(image), out);
            }
            assertThat(new ProcessBuilder("tar", "-xf", archive.toString(), "-C", directory.toString())
                            .start()
                            .waitFor())
                    .isZero();
            return image;
        }
    }
}
