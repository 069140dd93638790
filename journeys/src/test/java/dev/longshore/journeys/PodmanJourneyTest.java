package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.images.FileSystemImages;
import dev.longshore.images.Image;
import dev.longshore.images.ImageArchive;
import dev.longshore.images.LocalImages;
import dev.longshore.images.Reference;
import dev.longshore.images.RunConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The real `podman` against our registry, with TLS and without, by passwords and by tokens; and with our archives.
/// Needs no cluster, so that it goes on while the next journey would wait for the host.
@Order(0)
@Tag("containers")
class PodmanJourneyTest {

    @TempDir
    Path root;

    private Podman podman;

    @BeforeAll
    static void needsPodman() {
        Needs.rootAnd("podman");
    }

    @BeforeEach
    void begin() throws IOException {
        // podman refuses directories for what runs whose path has more than 50 characters.
        podman = Podman.in(Files.createDirectory(root.resolve("p")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"basic", "token"})
    void podmanSignsInPushesAndPullsWithTls(String method) throws Exception {
        try (var registry = GuardedRegistry.open(root, method)) {
            String certificates =
                    registry.certificates().resolve(registry.encrypted()).toString();
            exchange(registry, registry.encrypted(), "--cert-dir=" + certificates);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"basic", "token"})
    void podmanSignsInPushesAndPullsWithoutTls(String method) throws Exception {
        try (var registry = GuardedRegistry.open(root, method)) {
            exchange(registry, registry.plain(), "--tls-verify=false");
        }
    }

    private void exchange(GuardedRegistry registry, String host, String trust) throws Exception {
        Image ours = image(registry.images(), "public/app:1", "from longshore");
        String there = host + "/team/app:";

        podman.run("pull", trust, host + "/public/app:1").succeeded();
        assertThat(podman.id(host + "/public/app:1")).isEqualTo(ours.id().hex());
        assertThat(podman.files(host + "/public/app:1").resolve("file")).hasContent("from longshore");

        podman.build("localhost/made:1", "by podman");
        assertThat(podman.run("push", trust, "localhost/made:1", there + "1")
                        .failed()
                        .err())
                .containsPattern("unauthorized|denied|authentication required");
        podman.with("wrong", "login", trust, "-u", "alice", "--password-stdin", host)
                .failed();
        podman.with("wonder", "login", trust, "-u", "alice", "--password-stdin", host)
                .succeeded();
        podman.run("push", trust, "localhost/made:1", there + "1").succeeded();
        podman.run("push", trust, "--format=v2s2", "localhost/made:1", there + "docker")
                .succeeded();
        podman.run("push", trust, "--compression-format=zstd", "localhost/made:1", there + "zstd")
                .succeeded();
        podman.run("push", trust, host + "/public/app:1", there + "back").succeeded();

        assertThat(registry.images().images().get("team/app:back").id()).isEqualTo(ours.id());
        for (String tag : List.of("1", "docker", "zstd")) {
            assertThat(content(registry.images(), "team/app:" + tag, "/made")).isEqualTo("by podman");
        }
        String id = podman.id("localhost/made:1");
        podman.run("rmi", "--all", "--force").succeeded();
        podman.run("pull", trust, there + "1").succeeded();
        assertThat(podman.id(there + "1")).isEqualTo(id);
        podman.run("logout", host).succeeded();
        podman.run("pull", trust, there + "zstd").failed();
    }

    @Test
    void podmanPushesAListOfPlatforms() throws Exception {
        try (var registry = GuardedRegistry.open(root, "token")) {
            String host = registry.plain();
            String trust = "--tls-verify=false";
            podman.with("wonder", "login", trust, "-u", "alice", "--password-stdin", host)
                    .succeeded();
            podman.build("localhost/one:1", "one");
            podman.build("localhost/two:1", "two");
            podman.run("manifest", "create", "localhost/both").succeeded();
            podman.run("manifest", "add", "localhost/both", "containers-storage:localhost/one:1")
                    .succeeded();
            podman.run("manifest", "add", "--arch=riscv64", "localhost/both", "containers-storage:localhost/two:1")
                    .succeeded();

            podman.run("manifest", "push", "--all", trust, "localhost/both", "docker://" + host + "/team/both:1")
                    .succeeded();

            assertThat(content(registry.images(), "team/both:1", "/made")).isEqualTo("one");
            podman.run("rmi", "--all", "--force").succeeded();
            podman.run("pull", trust, "--arch=riscv64", host + "/team/both:1").succeeded();
            assertThat(podman.files(host + "/team/both:1").resolve("made")).hasContent("two");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"docker-archive", "oci-archive"})
    void podmanAndWeReadEachOthersArchives(String format) throws Exception {
        try (var registry = GuardedRegistry.open(root, "basic")) {
            LocalImages images = registry.images();
            var archive = new ImageArchive(images);
            podman.build("localhost/made:1", "by podman");
            Path theirs = root.resolve("theirs.tar");
            podman.run("save", "--format=" + format, "-o", theirs.toString(), "localhost/made:1")
                    .succeeded();
            try (var in = Files.newInputStream(theirs)) {
                archive.load(in);
            }
            assertThat(content(images, "localhost/made:1", "/made")).isEqualTo("by podman");

            Image image = image(images, "example.test/ours:1", "from longshore");
            Path ours = root.resolve("ours.tar");
            try (var out = Files.newOutputStream(ours)) {
                archive.save(List.of(image), out);
            }
            podman.run("pull", format + ":" + ours).succeeded();
            assertThat(podman.files(image.id().hex()).resolve("file")).hasContent("from longshore");
        }
    }

    private Image image(LocalImages images, String name, String content) throws Exception {
        Files.writeString(root.resolve("file"), content);
        Path tar = root.resolve("files.tar");
        new Shell(root, Map.of()).run("tar", "-cf", tar.toString(), "file").succeeded();
        var wish = new FileSystemImages.Wish(RunConfig.EMPTY, "", "", "", List.of(Reference.parse(name)));
        try (var in = Files.newInputStream(tar)) {
            return new FileSystemImages(images).imported(in, images.images().platform(), wish);
        }
    }

    private static String content(LocalImages images, String name, String path) throws Exception {
        Image image = images.images().get(name);
        var tree = images.layers().merged(images.layers().directories(image.manifest(), image.config()));
        return Files.readString(tree.find(path).orElseThrow());
    }
}
