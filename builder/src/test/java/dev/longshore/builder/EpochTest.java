package dev.longshore.builder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.builder.graph.NamedContext;
import dev.longshore.builder.graph.NamedContexts;
import dev.longshore.builder.stage.Wishes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// When an image says that it was made, by SOURCE_DATE_EPOCH.
class EpochTest {

    private static final String EPOCH = "SOURCE_DATE_EPOCH";
    private static final String MODIFIED = "Sun, 06 Nov 1994 08:49:37 GMT";
    private static final Instant TOLD = Instant.parse("1994-11-06T08:49:37Z");

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
    void aDockerfileMaySayIt() throws Exception {
        shop.dockerfile(
                "ARG SOURCE_DATE_EPOCH=100\nFROM scratch\nARG SOURCE_DATE_EPOCH\nLABEL at=$SOURCE_DATE_EPOCH\n");

        assertThat(created(Wishes.NONE)).isEqualTo(Instant.ofEpochSecond(100));
        assertThat(shop.config("app").run().labels()).containsEntry("at", "100");
        assertThat(created(Wishes.NONE.withArgument(EPOCH, "200"))).isEqualTo(Instant.ofEpochSecond(200));
        assertThat(created(Wishes.NONE.withArgument(EPOCH, ""))).isAfter(Instant.ofEpochSecond(200));
    }

    @Test
    void aFetchedContextHasItsCommitsOrTheServersTime() throws Exception {
        Path work = Files.createTempDirectory(shop.root, "repository");
        Files.writeString(
                work.resolve("Dockerfile"), "FROM scratch\nARG SOURCE_DATE_EPOCH\nLABEL at=$SOURCE_DATE_EPOCH\n");
        Repository repository = Repository.of(work).commit("one");
        repository.serve(web.files().resolve("r.git"));
        long committed =
                Long.parseLong(repository.git("log", "-1", "--format=%ct").strip());
        byte[] archive = archive("Dockerfile", "FROM scratch\nLABEL a=b\n", 1234);
        web.put("/told.tar", archive, "Last-Modified", MODIFIED);
        web.put("/silent.tar", archive);
        web.put("/Dockerfile", "FROM scratch\nLABEL a=c\n");

        assertThat(created(web.at("/r.git"))).isEqualTo(Instant.ofEpochSecond(committed));
        assertThat(shop.config("app").run().labels()).containsEntry("at", String.valueOf(committed));
        assertThat(created(web.at("/told.tar"))).isEqualTo(TOLD);
        assertThat(created(web.at("/silent.tar"))).isEqualTo(Instant.ofEpochSecond(1234));
        assertThat(created(web.at("/Dockerfile"))).isAfter(TOLD);
    }

    @Test
    void aNamedContextMayGiveItsTime() throws Exception {
        web.put("/x", "x", "Last-Modified", MODIFIED);
        shop.dockerfile("FROM scratch\nLABEL a=d\n");
        var contexts = NamedContexts.NONE
                .with("src", new NamedContext.OfAddress(web.at("/x")))
                .with("here", new NamedContext.OfDirectory(shop.context));

        assertThat(created(Wishes.NONE.withContexts(contexts).withArgument(EPOCH, "src")))
                .isEqualTo(TOLD);
        assertThat(created(Wishes.NONE.withContexts(contexts).withArgument(EPOCH, "here")))
                .isAfter(TOLD);
        assertThat(created(Wishes.NONE.withArgument(EPOCH, "context"))).isAfter(TOLD);
    }

    @Test
    void aStageThatAddsOneThingMayGiveItsTime() throws Exception {
        web.put("/x", "x", "Last-Modified", MODIFIED);
        shop.dockerfile("ARG SOURCE_DATE_EPOCH=When\nFROM scratch AS when\nARG AT=nowhere\nADD $AT /\n"
                + "FROM scratch\nLABEL a=e\n");

        assertThat(created(Wishes.NONE.withArgument("AT", web.at("/x")))).isEqualTo(TOLD);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "FROM busybox AS w | SOURCE_DATE_EPOCH stage must use FROM scratch",
                "FROM scratch AS w | SOURCE_DATE_EPOCH stage must contain exactly one remote ADD",
                "FROM scratch AS w;RUN x | unsupported RUN instruction",
                "FROM scratch AS w;ADD a / | SOURCE_DATE_EPOCH stage source must be a single HTTP(S) or Git ADD",
                "FROM scratch AS w;ADD http://a http://b / | must contain exactly one remote ADD source",
                "FROM scratch AS w;ADD http://a /;ADD http://b / | unsupported ADD instruction",
                "FROM scratch AS other | is no number of seconds, nor the name of a context or stage",
                "FROM scratch AS w;ADD http://127.0.0.1:1/x / | cannot fetch http://127.0.0.1:1/x",
            })
    void aStageThatGivesNoneSaysWhy(String stage, String why) throws Exception {
        shop.dockerfile(stage.replace(';', '\n') + "\nFROM scratch\nLABEL a=b\n");

        assertThatThrownBy(() -> created(Wishes.NONE.withArgument(EPOCH, "w"))).hasMessageContaining(why);
    }

    @Test
    void directoriesThatAreMadeAreAsOldAsTheImage() throws Exception {
        shop.dockerfile("FROM longshore.local/busybox\nWORKDIR /usr/mine/deep\n");

        created(Wishes.NONE.withArgument(EPOCH, "100"));

        for (String made : new String[] {"/usr/mine", "/usr/mine/deep"}) {
            assertThat(Files.getLastModifiedTime(shop.tree("app").find(made).orElseThrow())
                            .toInstant())
                    .as(made)
                    .isEqualTo(Instant.ofEpochSecond(100));
        }
    }

    private static Instant created(Wishes wishes) throws Exception {
        shop.build("app", wishes);
        return shop.config("app").created().orElseThrow();
    }

    private static Instant created(String address) throws Exception {
        Wishes wishes = Wishes.NONE.withArgument(EPOCH, "context");
        Context context = shop.builder().fetch(address, wishes);
        try {
            BuildRequest request = context.applied(BuildRequest.tagged("app").with(wishes));
            shop.builder().build(request, context.directory(), event -> {});
            return shop.config("app").created().orElseThrow();
        } finally {
            shop.builder().discard(context);
        }
    }

    private static byte[] archive(String name, String text, long seconds) throws Exception {
        Path file = Files.writeString(shop.root.resolve(name), text);
        Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(seconds)));
        Process tar = new ProcessBuilder("tar", "-c", name)
                .directory(shop.root.toFile())
                .start();
        var bytes = new ByteArrayOutputStream();
        tar.getInputStream().transferTo(bytes);
        assertThat(tar.waitFor()).isZero();
        return bytes.toByteArray();
    }
}
