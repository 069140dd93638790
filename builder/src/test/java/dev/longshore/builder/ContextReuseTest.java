package dev.longshore.builder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Digest;
import dev.longshore.builder.cache.CacheEntry;
import dev.longshore.builder.cache.PruneWish;
import dev.longshore.builder.context.LocalDirectory;
import dev.longshore.builder.stage.Wishes;
import dev.longshore.images.FileStat;
import dev.longshore.images.Image;
import dev.longshore.images.tar.TarEntry;
import dev.longshore.images.tar.TarReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What is left alone because it is the same as the last time, and what is not. Each change is built from a context
/// that was sent, and from one that is read in place; both must come to what a builder comes to that knows nothing.
class ContextReuseTest {

    private static final FileTime THEN = FileTime.fromMillis(1_000_000_000_000L);

    private static Workshop shop;

    @BeforeAll
    static void open() throws Exception {
        shop = Workshop.quick();
    }

    @BeforeEach
    void begin() throws IOException {
        shop.clear();
        shop.builder().prune(PruneWish.EVERYTHING);
        shop.dockerfile("FROM scratch\nCOPY . /o/\n");
    }

    @AfterEach
    void theContextIsAsItWas() throws IOException {
        assertThat(shop.builder().cached()).allMatch(entry -> !entry.inUse());
    }

    @AfterAll
    static void close() throws IOException {
        if (shop != null) {
            shop.close();
        }
    }

    enum Way {
        SENT,
        READ
    }

    @ParameterizedTest
    @EnumSource
    void otherContentOfTheSameSizeAndTimeCounts(Way way) throws Exception {
        old("a", "one");
        old("b", "same");
        build(way, "app");
        old("a", "two");
        assertThat(build(way, "app")).containsEntry("/o/a", "f 644 0:0 two").containsEntry("/o/b", "f 644 0:0 same");
        old("a", "one");
        assertThat(build(way, "app")).containsEntry("/o/a", "f 644 0:0 one");
    }

    @ParameterizedTest
    @EnumSource
    void otherModeAloneCounts(Way way) throws Exception {
        old("a", "one");
        build(way, "app");
        Files.setAttribute(shop.context.resolve("a"), "unix:mode", 04755);
        assertThat(build(way, "app")).containsEntry("/o/a", "f 4755 0:0 one");
    }

    @ParameterizedTest
    @EnumSource
    void otherTimeAloneIsNoReasonToBuildAgainButIsSeenByTheNextLayer(Way way) throws Exception {
        old("a", "one");
        old("b", "one");
        build(way, "app");
        Digest before = shop.images.images().get("app").id();
        Files.setLastModifiedTime(shop.context.resolve("a"), FileTime.fromMillis(1_100_000_000_000L));
        build(way, "app");
        assertThat(shop.images.images().get("app").id()).isEqualTo(before);

        old("b", "two");
        build(way, "app");
        assertThat(Files.getLastModifiedTime(shop.tree("app").find("/o/a").orElseThrow()))
                .isEqualTo(FileTime.fromMillis(1_100_000_000_000L));
    }

    @ParameterizedTest
    @EnumSource
    void fileBecomesDirectoryAndBack(Way way) throws Exception {
        old("a", "one");
        build(way, "app");
        Files.delete(shop.context.resolve("a"));
        old("a/b", "two");
        assertThat(build(way, "app")).containsKeys("/o/a", "/o/a/b").containsEntry("/o/a/b", "f 644 0:0 two");
        Files.delete(shop.context.resolve("a/b"));
        Files.delete(shop.context.resolve("a"));
        Files.createSymbolicLink(shop.context.resolve("a"), Path.of("b"));
        old("b", "three");
        assertThat(build(way, "app")).containsKeys("/o/a", "/o/b").doesNotContainKey("/o/a/b");
        assertThat(shop.tree("app").find("/o/a").orElseThrow()).isSymbolicLink();
    }

    @ParameterizedTest
    @EnumSource
    void whatWasDeletedIsGone(Way way) throws Exception {
        old("d/a", "one");
        old("d/e/b", "two");
        old("c", "three");
        build(way, "app");
        Files.delete(shop.context.resolve("d/e/b"));
        Files.delete(shop.context.resolve("d/e"));
        assertThat(build(way, "app")).containsOnlyKeys("/o", "/o/Dockerfile", "/o/c", "/o/d", "/o/d/a");
    }

    @ParameterizedTest
    @EnumSource
    void hardLinksStayWhatTheyAre(Way way) throws Exception {
        old("a", "one");
        Files.createLink(shop.context.resolve("b"), shop.context.resolve("a"));
        build(way, "app");
        old("c", "three");
        assertThat(build(way, "app"))
                .containsEntry("/o/a", "f 644 0:0 one")
                .containsEntry("/o/b", "f 644 0:0 one")
                .containsEntry("/o/c", "f 644 0:0 three");
    }

    @ParameterizedTest
    @EnumSource
    void linkToAnotherPlaceCounts(Way way) throws Exception {
        Files.createSymbolicLink(shop.context.resolve("l"), Path.of("one"));
        build(way, "app");
        Files.delete(shop.context.resolve("l"));
        Files.createSymbolicLink(shop.context.resolve("l"), Path.of("two"));
        build(way, "app");
        assertThat(Files.readSymbolicLink(shop.tree("app").find("/o/l").orElseThrow()))
                .isEqualTo(Path.of("two"));
    }

    @ParameterizedTest
    @EnumSource
    void imageThatIsThereKeepsItsFiles(Way way) throws Exception {
        old("a", "one");
        old("b", "same");
        build(way, "first");
        old("a", "two");
        build(way, "second");
        Files.delete(shop.context.resolve("b"));
        build(way, "third");
        assertThat(FileTrees.of(shop.tree("first")))
                .containsEntry("/o/a", "f 644 0:0 one")
                .containsEntry("/o/b", "f 644 0:0 same");
        assertThat(FileTrees.of(shop.tree("second")))
                .containsEntry("/o/a", "f 644 0:0 two")
                .containsEntry("/o/b", "f 644 0:0 same");
    }

    @ParameterizedTest
    @EnumSource
    void unchangedFilesAreTheSameOnDisk(Way way) throws Exception {
        old("a", "one " + way);
        old("b", "same " + way);
        build(way, "first");
        old("a", "two " + way);
        build(way, "second");
        assertThat(identity("first", "/o/b")).isEqualTo(identity("second", "/o/b"));
        assertThat(identity("first", "/o/a")).isNotEqualTo(identity("second", "/o/a"));
    }

    @ParameterizedTest
    @EnumSource
    void twoCopiesInOneImageAreTwoFiles(Way way) throws Exception {
        shop.dockerfile("FROM scratch\nCOPY a /one\nCOPY a /two\nCOPY --chown=7 a /three\nCOPY --chmod=600 a /four\n");
        old("a", "one");
        assertThat(build(way, "app"))
                .containsEntry("/one", "f 644 0:0 one")
                .containsEntry("/three", "f 644 7:7 one")
                .containsEntry("/four", "f 600 0:0 one");
        assertThat(List.of("/one", "/two", "/three", "/four").stream()
                        .map(path -> identity("app", path))
                        .distinct())
                .hasSize(4);
    }

    @ParameterizedTest
    @EnumSource
    void rewrittenTimesTouchNoOtherImage(Way way) throws Exception {
        old("a", "one");
        build(way, "app");
        var wishes = Wishes.NONE.withArguments(Map.of("SOURCE_DATE_EPOCH", "1")).withRewrittenTimestamps();
        build(way, "other", wishes);
        assertThat(Files.getLastModifiedTime(shop.tree("app").find("/o/a").orElseThrow()))
                .isEqualTo(THEN);
        assertThat(Files.getLastModifiedTime(shop.tree("other").find("/o/a").orElseThrow()))
                .isEqualTo(FileTime.fromMillis(1000));
    }

    @ParameterizedTest
    @EnumSource
    void layersAreWhatABuilderMakesThatKnowsNothing(Way way) throws Exception {
        for (int i = 0; i < 30; i++) {
            old("d" + i % 3 + "/f" + i, "content " + i);
        }
        build(way, "app");
        old("d1/f4", "other");
        Files.delete(shop.context.resolve("d2/f5"));
        build(way, "app");
        Map<String, String> reused = timed("app");
        shop.builder().prune(PruneWish.EVERYTHING);
        shop.images.images().remove("app", true);
        shop.images.collector().collect();
        build(way, "app");
        assertThat(timed("app")).isEqualTo(reused).hasSize(33);
    }

    @Test
    void sentOrReadItIsTheSameStep() throws Exception {
        old("a", "one");
        build(Way.SENT, "sent");
        build(Way.READ, "read");
        shop.build("plain");
        assertThat(shop.images.images().get("read").id())
                .isEqualTo(shop.images.images().get("sent").id())
                .isEqualTo(shop.images.images().get("plain").id());
    }

    @Test
    void whatIsIgnoredIsNotEvenRead() throws Exception {
        shop.write(".dockerignore", "*\n!keep\nDockerfile\n").write("keep", "k").write("big", "b");
        assertThat(build(Way.READ, "app")).containsOnlyKeys("/o", "/o/keep");
        Path mirrors = shop.images.layout().build().resolve("contexts");
        try (var files = Files.walk(mirrors)) {
            assertThat(files.map(path -> path.getFileName().toString()))
                    .contains("keep", "Dockerfile", ".dockerignore")
                    .doesNotContain("big");
        }
    }

    @Test
    void anotherDirectoryOfThatNameIsNotRead() throws Exception {
        var local = new LocalDirectory(shop.context, "1:2", "Dockerfile", Map.of());
        assertThat(local.isHere()).isFalse();
        assertThat(here().isHere()).isTrue();
        assertThat(new LocalDirectory(Path.of("context"), "1:2", "Dockerfile", Map.of()).isHere())
                .isFalse();
    }

    @Test
    void filesGivenBesidesAreBuiltFrom() throws Exception {
        old("a", "one");
        var local = new LocalDirectory(
                shop.context,
                here().identity(),
                ".other",
                Map.of(
                        ".other",
                        "FROM scratch\nCOPY . /p/\n".getBytes(),
                        ".other.dockerignore",
                        ".other*\n".getBytes()));
        Context context = shop.builder().read(local);
        try {
            shop.builder().build(BuildRequest.tagged("app").of(".other"), context.directory(), event -> {});
        } finally {
            shop.builder().discard(context);
        }
        assertThat(FileTrees.of(shop.tree("app"))).containsOnlyKeys("/p", "/p/a", "/p/Dockerfile");
    }

    @Test
    void contextsCountAsCacheAndArePruned() throws Exception {
        old("a", "one");
        build(Way.SENT, "app");
        assertThat(shop.builder().cached()).anyMatch(entry -> entry.type() == CacheEntry.Type.CONTEXT);
        shop.builder().prune(PruneWish.EVERYTHING);
        assertThat(shop.builder().cached()).isEmpty();
        assertThat(shop.images.layout().build().resolve("contexts")).isEmptyDirectory();
        assertThat(FileTrees.of(shop.tree("app"))).containsEntry("/o/a", "f 644 0:0 one");
    }

    @Test
    void contextThatIsBeingFilledCountsAsItLastWas() throws Exception {
        old("a", "one");
        build(Way.READ, "app");
        long before = contextBytes();
        old("b", "many more bytes");
        Context context = shop.builder().read(here());
        assertThat(contextBytes()).isEqualTo(before);
        shop.builder().discard(context);
        assertThat(contextBytes()).isEqualTo(before + 15);
    }

    private static long contextBytes() throws IOException {
        return shop.builder().cached().stream()
                .filter(entry -> entry.type() == CacheEntry.Type.CONTEXT)
                .mapToLong(CacheEntry::bytes)
                .sum();
    }

    @Test
    void twoBuildsAtOnceHaveTwoContexts() throws Exception {
        old("a", "one");
        Context first = shop.builder().read(here());
        old("a", "two");
        Context second = shop.builder().read(here());
        assertThat(first.directory()).isNotEqualTo(second.directory());
        assertThat(first.directory().resolve("a")).hasContent("one");
        assertThat(second.directory().resolve("a")).hasContent("two");
        shop.builder().discard(first);
        shop.builder().discard(second);
        assertThat(shop.builder().cached()).hasSize(1);
    }

    @Test
    void whatBrokeOffIsForgotten() throws Exception {
        old("a", "one");
        build(Way.SENT, "app");
        byte[] whole = archive();
        assertThat(org.assertj.core.api.Assertions.catchThrowable(
                        () -> shop.builder().receive(new ByteArrayInputStream(whole, 0, 1200), "kind")))
                .isInstanceOf(dev.longshore.builder.dockerfile.DockerfileException.class);
        assertThat(shop.images.layout().build().resolve("contexts")).isEmptyDirectory();
        assertThat(build(Way.SENT, "app")).containsEntry("/o/a", "f 644 0:0 one");
    }

    /// Everything in the layer, as others will unpack it; but for when the directory was made that it is copied to.
    private static Map<String, String> timed(String image) throws Exception {
        Image found = shop.images.images().get(image);
        var members = new TreeMap<String, String>();
        Digest layer = found.manifest().layers().getLast().digest();
        try (var in = new GZIPInputStream(shop.images.content().open(layer))) {
            var tar = new TarReader(in);
            for (var next = tar.next(); next.isPresent(); next = tar.next()) {
                var content = new ByteArrayOutputStream();
                if (next.get().type() == TarEntry.Type.FILE) {
                    tar.content((offset, bytes, length) -> content.write(bytes, 0, length));
                }
                members.put(next.get().name(), next.get() + content.toString(StandardCharsets.UTF_8));
            }
        }
        assertThat(members.remove("o/")).isNotNull();
        return members;
    }

    private static String identity(String image, String path) {
        try {
            return FileStat.of(shop.tree(image).find(path).orElseThrow())
                    .orElseThrow()
                    .identity();
        } catch (Exception absent) {
            throw new AssertionError(absent);
        }
    }

    /// A file that was last changed long ago, as far as anybody can say who only asks for its time.
    private static void old(String name, String content) throws IOException {
        shop.write(name, content);
        Path file = shop.context.resolve(name);
        Files.setAttribute(file, "unix:mode", 0644, LinkOption.NOFOLLOW_LINKS);
        Files.setLastModifiedTime(file, THEN);
    }

    private static LocalDirectory here() throws IOException {
        return new LocalDirectory(
                shop.context, FileStat.of(shop.context).orElseThrow().identity(), "Dockerfile", Map.of());
    }

    private static byte[] archive() throws Exception {
        Process tar = new ProcessBuilder("sh", "-c", "tar --sort=name -c .")
                .directory(shop.context.toFile())
                .start();
        byte[] archive = tar.getInputStream().readAllBytes();
        assertThat(tar.waitFor()).isZero();
        return archive;
    }

    private static Map<String, String> build(Way way, String tag) throws Exception {
        return build(way, tag, Wishes.NONE);
    }

    private static Map<String, String> build(Way way, String tag, Wishes wishes) throws Exception {
        Context context = way == Way.READ
                ? shop.builder().read(here())
                : shop.builder().receive(new ByteArrayInputStream(archive()), "kind");
        try {
            shop.builder()
                    .build(context.applied(BuildRequest.tagged(tag).with(wishes)), context.directory(), event -> {});
            return FileTrees.of(shop.tree(tag));
        } finally {
            shop.builder().discard(context);
        }
    }
}
