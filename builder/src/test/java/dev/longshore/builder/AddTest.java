package dev.longshore.builder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.Digest;
import dev.longshore.images.FileStat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// ADD as BuildKit does it: archives, web addresses and git repositories.
class AddTest {

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

    @AfterAll
    static void close() throws IOException {
        if (shop != null) {
            web.close();
            shop.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"cf, a.tar", "czf, a.tar.gz", "cjf, a.tar.bz2", "cJf, a.tar.xz", "c --zstd -f, whatever"})
    void localArchivesAreUnpacked(String how, String name) throws Exception {
        archive(how, name);

        assertThat(built("ADD " + name + " /o"))
                .containsOnlyKeys("/o", "/o/in", "/o/in/f")
                .containsEntry("/o/in/f", "f 600 5:6 packed");
        assertThat(built("ADD --chown=100:200 " + name + " /o"))
                .containsEntry("/o/in/f", "f 600 100:200 packed")
                .containsEntry("/o", "d 755 100:200");
        assertThat(built("ADD --unpack=false " + name + " /o/")).containsOnlyKeys("/o", "/o/" + name);
        assertThat(built("COPY " + name + " /o/")).containsOnlyKeys("/o", "/o/" + name);
        assertThat(built("ADD --unpack=true " + name + " /o/")).containsKey("/o/in/f");
    }

    @Test
    void archivesOfAWildcardAndOtherFilesGoTogether() throws Exception {
        archive("cf", "a.tar");
        shop.write("a.txt", "plain");
        shop.write("b.gz", "no archive");

        assertThat(built("ADD a.* b.gz /o/"))
                .containsKeys("/o/in/f", "/o/a.txt", "/o/b.gz")
                .doesNotContainKey("/o/a.tar");
    }

    @Test
    void aDownloadIsAFileOfItsOwnerWithTheServersTime() throws Exception {
        web.put("/dir/file.txt", "hello", "Last-Modified", "Thu, 01 Feb 2024 03:04:05 GMT");
        web.put("/dir/", "named", "Content-Disposition", "attachment; filename=\"../said.bin\"");
        web.put("/", "nameless");

        assertThat(built("ADD " + web.at("/dir/file.txt?q=1") + " /o/"))
                .containsEntry("/o/file.txt", "f 600 0:0 hello");
        assertThat(FileStat.of(shop.tree("app").find("/o/file.txt").orElseThrow())
                        .orElseThrow()
                        .modified()
                        .toInstant())
                .isEqualTo(Instant.parse("2024-02-01T03:04:05Z"));
        assertThat(built("ADD --chmod=755 --chown=2 " + web.at("/dir/file.txt") + " /o/x"))
                .containsEntry("/o/x", "f 755 2:2 hello");
        assertThat(built("ADD " + web.at("/dir/") + " /o/")).containsKey("/o/dir");
        assertThat(built("ADD " + web.at("/") + " /o/")).containsEntry("/o/__unnamed__", "f 600 0:0 nameless");
        web.put("/", "named", "Content-Disposition", "attachment; filename=\"../said.bin\"");
        assertThat(built("ADD " + web.at("/") + " /o/")).containsEntry("/o/said.bin", "f 600 0:0 named");
    }

    @Test
    void downloadsAreUnpackedOnlyWhenAsked() throws Exception {
        archive("czf", "a.tgz");
        web.put("/a.tgz", Files.readAllBytes(shop.context.resolve("a.tgz")));

        assertThat(built("ADD " + web.at("/a.tgz") + " /o/")).containsOnlyKeys("/o", "/o/a.tgz");
        assertThat(built("ADD --unpack " + web.at("/a.tgz") + " /o/")).containsKey("/o/in/f");
    }

    @ParameterizedTest
    @CsvSource({"SHA-256, sha256", "SHA-384, sha384", "SHA-512, sha512"})
    void aDownloadMustBeWhatItsChecksumSays(String algorithm, String name) throws Exception {
        web.put("/f", "content");
        String sum = name + ":"
                + HexFormat.of()
                        .formatHex(MessageDigest.getInstance(algorithm)
                                .digest("content".getBytes(StandardCharsets.UTF_8)));

        assertThat(built("ADD --checksum=" + sum + " " + web.at("/f") + " /o/f"))
                .containsEntry("/o/f", "f 600 0:0 content");
        built("ADD --checksum=" + sum + " " + web.at("/f") + " /o/f");
        assertThat(web.asked).hasSize(1);

        String wrong = sum.replaceFirst(":...", ":000");
        assertThatThrownBy(() -> built("ADD --checksum=" + wrong + " " + web.at("/f") + " /o/f"))
                .hasMessage("Dockerfile:2: ADD failed: digest mismatch for " + web.at("/f") + ": " + sum
                        + " (expected: " + wrong + ")");
    }

    @Test
    void checksumsAreStrongAndOfOneRemoteThing() throws Exception {
        shop.write("f", "f");
        String sum = Digest.sha256(new byte[0]).toString();

        assertThatThrownBy(() -> built("ADD --checksum=md5:d41d8cd98f00b204e9800998ecf8427e " + web.at("/f") + " /o"))
                .hasMessageContaining("unsupported digest algorithm \"md5\"");
        assertThatThrownBy(() -> built("ADD --checksum=sha256:12 " + web.at("/f") + " /o"))
                .hasMessageContaining("invalid checksum digest format");
        assertThatThrownBy(() -> built("ADD --checksum=" + sum + " f /o"))
                .hasMessageContaining("checksum requires HTTP(S) or Git sources");
        assertThatThrownBy(() -> built("ADD --checksum=" + sum + " f f /o/"))
                .hasMessageContaining("checksum can't be specified for multiple sources");
    }

    @Test
    void aServerThatSaysNothingIsNewSendsNothing() throws Exception {
        web.put("/f", "one", "ETag", "\"1\"");
        Object first = shop.dockerfile("FROM scratch\nADD " + web.at("/f") + " /f\n")
                .build("app")
                .id();
        assertThat(shop.build("app").id()).isEqualTo(first);
        shop.images.images().remove("app", true);
        assertThat(shop.dockerfile("FROM scratch\nADD " + web.at("/f") + " /other\n")
                        .build("app")
                        .id())
                .isNotEqualTo(first);
        assertThat(FileTrees.of(shop.tree("app"))).containsEntry("/other", "f 600 0:0 one");

        web.put("/f", "two", "ETag", "\"2\"");
        shop.build("app");
        assertThat(FileTrees.of(shop.tree("app"))).containsEntry("/other", "f 600 0:0 two");
    }

    @Test
    void redirectsAreFollowedTenTimes() throws Exception {
        web.put("/end", "there");
        web.redirect("/start", "/end");
        web.redirect("/round", "/round");
        web.redirect("/out", "file:///etc/passwd");

        assertThat(built("ADD " + web.at("/start") + " /o/")).containsEntry("/o/start", "f 600 0:0 there");
        assertThatThrownBy(() -> built("ADD " + web.at("/round") + " /o/"))
                .hasMessageContaining("stopped after 10 redirects");
        assertThatThrownBy(() -> built("ADD " + web.at("/out") + " /o/"))
                .hasMessageContaining("not an address that can be fetched");
        assertThatThrownBy(() -> built("ADD " + web.at("/none") + " /o/"))
                .hasMessage(
                        "Dockerfile:2: ADD failed: cannot fetch " + web.at("/none") + ": invalid response status 404");
        assertThatThrownBy(() -> built("ADD http://u:secret@127.0.0.1:1/x /o/"))
                .hasMessageContaining("u:xxxxx@")
                .hasMessageNotContaining("secret");
    }

    @Test
    void repositoriesAreCheckedOutAtBranchesTagsAndCommits() throws Exception {
        String first = repository();
        String url = web.at("/repo.git");

        assertThat(built("ADD " + url + " /o"))
                .containsOnlyKeys("/o", "/o/file", "/o/sub", "/o/sub/inner", "/o/tool")
                .containsEntry("/o/file", "f 644 0:0 second\n")
                .containsEntry("/o/tool", "f 755 0:0 #!\n");
        assertThat(built("ADD --chown=3:4 " + url + "#v1 /o")).containsEntry("/o/file", "f 644 3:4 first\n");
        assertThat(built("ADD " + url + "#" + first + " /o")).containsEntry("/o/file", "f 644 0:0 first\n");
        assertThat(built("ADD " + url + "#side:sub /o"))
                .containsOnlyKeys("/o", "/o/inner")
                .containsEntry("/o/inner", "f 644 0:0 side\n");
        assertThat(built("ADD " + url + "?branch=side&subdir=sub /o")).containsEntry("/o/inner", "f 644 0:0 side\n");
        assertThat(built("ADD " + url + "?tag=v1 /o")).containsEntry("/o/file", "f 644 0:0 first\n");
        assertThat(built("ADD --exclude=sub --exclude=tool " + url + " /o")).containsOnlyKeys("/o", "/o/file");
        assertThat(built("ADD --checksum=" + first.substring(0, 8) + " " + url + "#v1 /o"))
                .containsKey("/o/file");
        assertThat(built("ADD --keep-git-dir=true " + url + " /o")).containsKeys("/o/.git/HEAD", "/o/file");
        assertThat(built("ADD " + url + "?keep-git-dir=true /o")).containsKeys("/o/.git/HEAD", "/o/file");

        assertThatThrownBy(() -> built("ADD --checksum=0000000 " + url + " /o"))
                .hasMessageContaining("expected checksum to match 0000000, got ");
        assertThatThrownBy(() -> built("ADD " + url + "#none /o")).hasMessageContaining("does not contain ref none");
        assertThat(built("ADD " + url + "#v1:../.. /o")).containsEntry("/o/file", "f 644 0:0 first\n");
        assertThatThrownBy(() -> built("ADD " + url + "#:none /o")).hasMessageContaining("the repository has no none");
        assertThatThrownBy(() -> built("ADD " + url + "?what=1 /o")).hasMessageContaining("unexpected query \"what\"");
        assertThatThrownBy(() -> built("ADD " + url + "#--upload-pack=x /o")).hasMessageContaining("invalid git ref");
        assertThatThrownBy(() -> built("ADD " + web.at("/none.git") + " /o"))
                .hasMessageContaining("Dockerfile:2: ADD failed: failed to fetch");
    }

    @Test
    void aCommitThatIsKnownIsNotFetchedAgain() throws Exception {
        String commit = repository();
        built("ADD " + web.at("/repo.git") + "#" + commit + " /o");
        web.asked.clear();

        built("ADD " + web.at("/repo.git") + "#" + commit + " /o");

        assertThat(web.asked).isEmpty();
    }

    private void archive(String how, String name) throws Exception {
        Path in = Files.createDirectories(shop.root.resolve("pack/in"));
        Path file = Files.writeString(in.resolve("f"), "packed");
        Files.setAttribute(file, "unix:mode", 0600);
        Files.setAttribute(file, "unix:uid", 5);
        Files.setAttribute(file, "unix:gid", 6);
        run(
                in.getParent(),
                "sh",
                "-c",
                "tar " + (how.startsWith("c -") ? "" : "-") + how.replace("c --zstd -f", "-c --zstd -f") + " "
                        + shop.context.resolve(name) + " in");
    }

    private String repository() throws Exception {
        Path work = Files.createTempDirectory(shop.root, "repository");
        Files.writeString(work.resolve("file"), "first\n");
        Files.setAttribute(Files.writeString(work.resolve("tool"), "#!\n"), "unix:mode", 0755);
        Files.createDirectory(work.resolve("sub"));
        Files.writeString(work.resolve("sub/inner"), "main\n");
        Repository made = Repository.of(work).commit("one");
        made.git("tag", "-a", "v1", "-m", "v1");
        String first = made.git("rev-parse", "HEAD").strip();
        made.git("checkout", "-q", "-b", "side");
        Files.writeString(work.resolve("sub/inner"), "side\n");
        made.commit("side").git("checkout", "-q", "main");
        Files.writeString(work.resolve("file"), "second\n");
        made.commit("two").serve(web.files().resolve("repo.git"));
        return first;
    }

    private static String run(Path directory, String... command) throws Exception {
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    private Map<String, String> built(String lines) throws Exception {
        shop.dockerfile("FROM scratch\n" + lines + "\n").build("app");
        return FileTrees.of(shop.tree("app"));
    }
}
