package dev.longshore.builder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.images.FileStat;
import dev.longshore.images.MergedTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// COPY as BuildKit does it: which files, where to, whose, and what counts for the cache.
class CopyTest {

    private static Workshop shop;

    @BeforeAll
    static void open() throws Exception {
        shop = Workshop.quick();
    }

    @BeforeEach
    void begin() throws IOException {
        shop.clear();
    }

    @AfterAll
    static void close() throws IOException {
        if (shop != null) {
            shop.close();
        }
    }

    @Test
    void namesAndWildcardsFindFilesWithoutCrossingSlashes() throws Exception {
        files("a.txt", "b.txt", "c.log", "d/a.txt", "d/e/a.txt", "[x].txt", "日本語/ファイル", "x1y/f", "x2y/f");

        assertThat(copied("COPY *.txt /o/")).isEqualTo("[x].txt a.txt b.txt");
        assertThat(copied("COPY ?.txt /o/")).isEqualTo("a.txt b.txt");
        assertThat(copied("COPY [ac].* /o/")).isEqualTo("a.txt c.log");
        assertThat(copied("COPY [^a].txt /o/")).isEqualTo("b.txt");
        assertThat(copied("COPY d/*/a.txt /o/")).isEqualTo("a.txt");
        assertThat(copied("COPY d/** /o/")).isEqualTo("a.txt");
        assertThat(copied("COPY x?y /o/")).isEqualTo("f");
        assertThat(copied("COPY [[]x].txt /o/")).isEqualTo("[x].txt");
        assertThat(copied("COPY 日本語 /o/")).isEqualTo("ファイル");
        assertThat(copied("COPY [\"a.txt\", \"c.log\", \"/o/\"]")).isEqualTo("a.txt c.log");
        assertThat(copied("COPY ../../a.txt /o/")).isEqualTo("a.txt");
    }

    @Test
    void aPatternMayMatchNothingButANameMustBeThere() throws Exception {
        files("foo");

        assertThat(copied("COPY foo nomatch* /o/")).isEqualTo("foo");
        assertThatThrownBy(() -> copied("COPY foo gone /o/"))
                .hasMessage("Dockerfile:2: COPY failed: file not found in build context or excluded by"
                        + " .dockerignore: gone");
        assertThatThrownBy(() -> copied("COPY foo bar* foo /o"))
                .hasMessageContaining("must be a directory and end with a /");
    }

    @Test
    void theDestinationIsADirectoryIfItEndsWithASlashOrIsOne() throws Exception {
        files("f", "d/g");

        assertThat(built("COPY f /o/x")).containsOnlyKeys("/o", "/o/x");
        assertThat(built("COPY f /o/x/")).containsOnlyKeys("/o", "/o/x", "/o/x/f");
        assertThat(built("WORKDIR /w\nCOPY f o")).containsOnlyKeys("/w", "/w/o");
        assertThat(built("WORKDIR /w/v\nCOPY f .")).containsKey("/w/v/f");
        assertThat(built("WORKDIR /w/v\nCOPY f ../u/")).containsKey("/w/u/f");
        assertThat(built("WORKDIR /w\nCOPY f /w")).containsKey("/w/f");
        assertThat(built("WORKDIR /w\nARG NONE\nCOPY f \"$NONE\"")).containsKey("/w/f");
        assertThat(built("COPY d /o")).containsOnlyKeys("/o", "/o/g");
        assertThat(built("COPY f /o/g\nCOPY d /o")).containsOnlyKeys("/o", "/o/g");
    }

    @Test
    void nothingTakesTheOtherKindsPlace() throws Exception {
        files("f", "d/f/g");

        assertThatThrownBy(() -> built("COPY f /o/f\nCOPY d /o"))
                .hasMessage("Dockerfile:3: COPY failed: cannot copy to non-directory: /o/f");
        assertThatThrownBy(() -> built("COPY d /o\nCOPY f /o/"))
                .hasMessage("Dockerfile:3: COPY failed: cannot replace to directory /o/f with file");
        assertThatThrownBy(() -> built("COPY f /o\nCOPY d /o"))
                .hasMessage("Dockerfile:3: COPY failed: cannot copy to non-directory: /o");
        assertThatThrownBy(() -> built("COPY f /o\nCOPY f /o/x")).hasMessageContaining("not a directory");
    }

    @Test
    void linksInTheContextAreFollowedWhereTheyAreNamedAndKeptBelow() throws Exception {
        files("real/file", "real/more");
        link("direct", "real/file");
        link("chain", "direct");
        link("dir", "/real");
        link("up", "../../../../real/file");
        link("nowhere", "gone");
        link("round", "round");
        link("real/sibling", "file");

        assertThat(built("COPY chain /o/")).containsEntry("/o/chain", "f 644 0:0 real/file");
        assertThat(built("COPY dir /o/"))
                .containsEntry("/o/sibling", "l 0:0 file")
                .containsKey("/o/more");
        assertThat(built("COPY dir/file /o/")).containsKey("/o/file");
        assertThat(built("COPY up /o/")).containsEntry("/o/up", "f 644 0:0 real/file");
        assertThat(built("COPY dire* /o/")).containsEntry("/o/direct", "f 644 0:0 real/file");
        assertThatThrownBy(() -> built("COPY nowhere /o/")).hasMessageContaining("file not found in build context");
        assertThatThrownBy(() -> built("COPY nowher* /o/")).hasMessageContaining("file not found in build context");
        assertThatThrownBy(() -> built("COPY round /o/")).hasMessageContaining("too many levels of symbolic links");
    }

    @Test
    void linksOfTheImageAreFollowedOnTheWayToTheDestinationOnly() throws Exception {
        files("f", "d/sub/g");
        link("t/abs", "/target/deep");
        link("t/sub", "/elsewhere");

        assertThat(built("COPY t /\nCOPY f /abs/x")).containsKey("/target/deep/x");
        assertThat(built("COPY t /\nCOPY f /abs/")).containsKey("/target/deep/f");
        assertThatThrownBy(() -> built("COPY t /\nCOPY d /"))
                .hasMessage("Dockerfile:3: COPY failed: cannot copy to non-directory: /sub");
        assertThat(built("COPY t /\nCOPY f /sub")).containsKey("/elsewhere");
    }

    @Test
    void ownersAreRootsUnlessSaidOrTakenFromAStage() throws Exception {
        files("d/f", "who");
        Files.setAttribute(shop.context.resolve("d/f"), "unix:uid", 7);

        assertThat(built("COPY d /o/p")).containsEntry("/o/p/f", "f 644 0:0 d/f");
        assertThat(built("COPY --chown=5 d /o/p"))
                .containsEntry("/o", "d 755 5:5")
                .containsEntry("/o/p", "d 755 5:5")
                .containsEntry("/o/p/f", "f 644 5:5 d/f");
        assertThat(built("COPY --chown=5:6 d /o\nCOPY who /o/"))
                .containsEntry("/o/who", "f 644 0:0 who")
                .containsEntry("/o", "d 755 5:6");
        assertThat(built("COPY who /o/\nCOPY --chown=9:8 d /o/"))
                .containsEntry("/o", "d 755 0:0")
                .containsEntry("/o/f", "f 644 9:8 d/f");
        assertThat(onBusybox("ARG U=www-data\nCOPY --chown=$U d /o")).containsEntry("/o/f", "f 644 33:33 d/f");
        assertThat(onBusybox("COPY --chown=daemon:www-data d /o")).containsEntry("/o/f", "f 644 1:33 d/f");
        assertThat(built("COPY --chown=4:3 d /o\nFROM scratch\nCOPY --from=0 /o /p"))
                .containsEntry("/p", "d 755 0:0")
                .containsEntry("/p/f", "f 644 4:3 d/f");
        assertThatThrownBy(() -> onBusybox("COPY --chown=nobody-here d /o"))
                .hasMessage("Dockerfile:2: unable to convert uid/gid chown string to host mapping: unable to find user"
                        + " nobody-here: no matching entries in /etc/passwd");
    }

    @Test
    void permissionsAreTheSourcesOrThoseSaid() throws Exception {
        files("d/e/f", "d/x");
        Files.setAttribute(shop.context.resolve("d/x"), "unix:mode", 0710);
        Files.setAttribute(shop.context.resolve("d/e"), "unix:mode", 0700);

        assertThat(built("COPY d /o"))
                .containsEntry("/o/x", "f 710 0:0 d/x")
                .containsEntry("/o/e", "d 700 0:0")
                .containsEntry("/o", "d 755 0:0");
        assertThat(built("COPY --chmod=4641 d /o"))
                .containsEntry("/o/x", "f 4641 0:0 d/x")
                .containsEntry("/o/e", "d 4641 0:0");
        assertThat(built("COPY --chmod=u=rwX,go=rX d /o"))
                .containsEntry("/o/x", "f 755 0:0 d/x")
                .containsEntry("/o/e/f", "f 644 0:0 d/e/f")
                .containsEntry("/o/e", "d 755 0:0");
        assertThat(built("COPY x* /o/\nCOPY d/e /o/e\nCOPY d /o")).containsEntry("/o/e", "d 700 0:0");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--parents a/b/c.txt /o/ | a a/b a/b/c.txt",
                "--parents a/b/c.txt a/d/e.txt /o/ | a a/b a/b/c.txt a/d a/d/e.txt",
                "--parents a/*/*.txt /o/ | a a/b a/b/c.txt a/d a/d/e.txt",
                "--parents **/c.txt /o/ | a a/b a/b/c.txt",
                "--parents ./a/./b/c.txt /o/ | b b/c.txt",
                "--parents /a/./** /o | b b/c.txt b/g.log d d/e.txt",
                "--parents a/b /o | a a/b a/b/c.txt a/b/g.log",
                "--parents --exclude=**/*.log a /o | a a/b a/b/c.txt a/d a/d/e.txt",
                "--parents no*/such /o | ''",
                "--exclude=*.txt a/b /o | g.log",
                "--exclude=**/*.txt --exclude=d a /o | b b/g.log",
                "--exclude=b --exclude=!b/c.txt a /o | b b/c.txt d d/e.txt",
                "--exclude=e* a/b /o | c.txt g.log",
            })
    void parentsComeAlongAndExcludedFilesDoNot(String arguments, String expected) throws Exception {
        files("a/b/c.txt", "a/b/g.log", "a/d/e.txt", "z.txt");

        assertThat(String.join(" ", below(built("COPY " + arguments)))).isEqualTo(expected);
    }

    @Test
    void whatParentsNamePlainlyMustBeThere() throws Exception {
        files("a/b");

        assertThatThrownBy(() -> built("COPY --parents a/c /o/"))
                .hasMessageContaining("file not found")
                .hasMessageContaining(": a/c");
        assertThatThrownBy(() -> built("COPY --parents x/./b /o/")).hasMessageContaining(": x/./b");
        assertThatThrownBy(() -> built("COPY --exclude=[ a /o/"))
                .hasMessage("Dockerfile:2: invalid --exclude: syntax error in pattern: [");
    }

    @Test
    void documentsAreFiles() throws Exception {
        Map<String, String> tree = built("""
                ENV WHO=you
                COPY --chmod=750 --chown=3:4 <<one <<"two" <<-three /o/
                hello $WHO \\$WHO
                one
                hello $WHO
                two
                \t\ttabs
                three
                COPY <<EOF /p
                x
                EOF""");

        assertThat(tree)
                .containsEntry("/o/one", "f 750 3:4 hello you $WHO\n")
                .containsEntry("/o/two", "f 750 3:4 hello $WHO\n")
                .containsEntry("/o/three", "f 750 3:4 tabs\n")
                .containsEntry("/p", "f 644 0:0 x\n");
    }

    @Test
    void aLinkedLayerIsTheSameWhateverIsBelow() throws Exception {
        files("f", "g");
        shop.dockerfile("FROM scratch\nCOPY f /below\nCOPY --link f /o/\n");
        String first = lastLayer("app");
        shop.said.setLength(0);

        shop.dockerfile("FROM scratch\nCOPY g /below\nENV A=b\nCOPY --link f /o/\n");
        assertThat(lastLayer("app")).isEqualTo(first);
        assertThat(shop.said.toString().split("Using cache", -1)).hasSize(2);
        assertThat(tree("app")).containsEntry("/below", "f 644 0:0 g").containsEntry("/o/f", "f 644 0:0 f");

        assertThatThrownBy(() -> built("COPY --link --chown=root f /o/"))
                .hasMessageContaining("users and groups are numbers");
        assertThat(built("WORKDIR /w\nCOPY --link --chown=2:3 f .")).containsEntry("/w/f", "f 644 2:3 f");
    }

    @Test
    void timesDoNotCountForTheCacheButAllElseDoes() throws Exception {
        files("d/f", "d/g");
        link("d/l", "f");
        shop.dockerfile("FROM scratch\nCOPY d /o\n");
        var seen = new ArrayList<Object>();
        seen.add(shop.build("app").id());

        Files.setLastModifiedTime(shop.context.resolve("d/f"), FileTime.from(Instant.parse("2001-01-01T00:00:00Z")));
        Files.setAttribute(shop.context.resolve("d/f"), "unix:uid", 12);
        assertThat(shop.build("app").id()).isEqualTo(seen.getFirst());

        shop.write("d/f", "changed");
        seen.add(shop.build("app").id());
        Files.setAttribute(shop.context.resolve("d/f"), "unix:mode", 0600);
        seen.add(shop.build("app").id());
        Files.delete(shop.context.resolve("d/l"));
        link("d/l", "g");
        seen.add(shop.build("app").id());
        Files.move(shop.context.resolve("d/g"), shop.context.resolve("d/h"));
        seen.add(shop.build("app").id());
        Files.setAttribute(shop.context.resolve("d/h"), "user:note", java.nio.ByteBuffer.wrap(new byte[] {1}));
        seen.add(shop.build("app").id());
        assertThat(seen).doesNotHaveDuplicates().hasSize(6);
    }

    @Test
    void aFilesOwnNameCountsOnlyWhereItIsKept() throws Exception {
        files("a");
        shop.dockerfile("FROM scratch\nCOPY a /o\n");
        Object first = shop.build("app").id();
        Files.move(shop.context.resolve("a"), shop.context.resolve("b"));
        shop.dockerfile("FROM scratch\nCOPY b /o\n");

        assertThat(shop.build("app").id()).isEqualTo(first);
    }

    @Test
    void hardLinksStayOneFileAndSocketsStayOut() throws Exception {
        files("d/a");
        Files.createLink(shop.context.resolve("d/b"), shop.context.resolve("d/a"));
        try (var socket = java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
            socket.bind(java.net.UnixDomainSocketAddress.of(shop.context.resolve("d/s")));
            assertThat(built("COPY d /o")).containsOnlyKeys("/o", "/o/a", "/o/b");
        }
        MergedTree tree = shop.tree("app");
        assertThat(FileStat.of(tree.find("/o/a").orElseThrow()).orElseThrow().identity())
                .isEqualTo(FileStat.of(tree.find("/o/b").orElseThrow())
                        .orElseThrow()
                        .identity());
    }

    @Test
    void filesComeFromStagesByNameAndNumberAndFromImages() throws Exception {
        files("f");
        shop.dockerfile("FROM scratch\nCOPY f /from-image\n");
        shop.build("other:1");

        assertThat(built("COPY f /one\nFROM scratch AS second\nCOPY --from=0 /one /two\nFROM scratch\n"
                        + "COPY --from=SECOND two /o/\nCOPY --from=other:1 /from-* /o/"))
                .containsOnlyKeys("/o", "/o/two", "/o/from-image");
        assertThatThrownBy(() -> built("COPY --from=0 f /o")).hasMessageContaining("refers to current build stage");
        assertThatThrownBy(() -> built("COPY http://example.com/x /o"))
                .hasMessage("Dockerfile:2: source can't be a URL for COPY: use ADD");
    }

    private void files(String... names) throws IOException {
        for (String name : names) {
            shop.write(name, name);
            Files.setAttribute(shop.context.resolve(name), "unix:mode", 0644);
        }
    }

    private void link(String name, String target) throws IOException {
        Path link = shop.context.resolve(name);
        Files.createDirectories(link.getParent());
        Files.createSymbolicLink(link, Path.of(target));
    }

    private Map<String, String> built(String lines) throws Exception {
        shop.dockerfile("FROM scratch\n" + lines + "\n").build("app");
        return tree("app");
    }

    private Map<String, String> onBusybox(String lines) throws Exception {
        shop.dockerfile("FROM longshore.local/busybox\n" + lines + "\n").build("app");
        return tree("app");
    }

    private String copied(String lines) throws Exception {
        return String.join(" ", below(built(lines)));
    }

    private static List<String> below(Map<String, String> tree) {
        return tree.keySet().stream()
                .filter(path -> path.startsWith("/o/"))
                .map(path -> path.substring(3))
                .toList();
    }

    private Map<String, String> tree(String name) throws Exception {
        return FileTrees.of(shop.tree(name));
    }

    private String lastLayer(String name) throws Exception {
        shop.build(name);
        return shop.images
                .images()
                .get(name)
                .manifest()
                .layers()
                .getLast()
                .digest()
                .toString();
    }
}
