package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.builder.Builder;
import dev.longshore.builder.stage.BaseSource;
import dev.longshore.http.HttpServer;
import dev.longshore.images.Descriptor;
import dev.longshore.images.ImageConfig;
import dev.longshore.images.LocalImages;
import dev.longshore.images.MediaTypes;
import dev.longshore.images.Platform;
import dev.longshore.images.Reference;
import dev.longshore.images.distribution.DistributionClient;
import dev.longshore.images.registry.RegistryHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Docker's client pulls, pushes and saves what there is for several platforms and under several tags.
class DockerTransfersTest {

    @TempDir
    Path root;

    private LocalImages here;
    private LocalImages there;
    private DistributionClient client;
    private HttpServer engine;
    private HttpServer registry;
    private String repository;

    @BeforeEach
    void open() throws Exception {
        boolean canRun =
                Files.isExecutable(Path.of("/usr/bin/docker")) || Files.isExecutable(Path.of("/usr/local/bin/docker"));
        assertThat(canRun || !"true".equals(System.getenv("CI"))).isTrue();
        assumeTrue(canRun, "needs docker");
        here = LocalImages.open(root.resolve("here"), "amd64", Time.system());
        there = LocalImages.open(root.resolve("there"), "amd64", Time.system());
        client = new DistributionClient(here, Set.of());
        var builder = new Builder(here, (step, out, err) -> 0, BaseSource.localOnly(), Time.system());
        builder.start();
        engine = new HttpServer("docker", new DockerEngine(here, builder, client, "0.1.0", Time.system()));
        engine.listen(root.resolve("docker.sock"));
        registry = new HttpServer("registry", new RegistryHandler(there));
        repository =
                "127.0.0.1:" + registry.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)) + "/app";
    }

    @AfterEach
    void close() {
        if (engine != null) {
            engine.close();
            client.close();
            registry.close();
        }
    }

    @Test
    void anotherPlatformIsPulledWhenItIsAskedFor() throws Exception {
        index(there, "app:1");

        String pulled = docker("pull", "--platform", "linux/arm64", repository + ":1");

        assertThat(pulled).contains("Status: Downloaded newer image for " + repository + ":1");
        assertThat(docker("inspect", "--format", "{{.Architecture}}", repository + ":1")
                        .strip())
                .isEqualTo("arm64");
        assertThat(docker("pull", "--platform", "linux/arm64", repository + ":1"))
                .contains("Image is up to date for");
        assertThat(docker("pull", "--platform", "linux/s390x", repository + ":1"))
                .contains("no matching manifest for linux/s390x");
    }

    @Test
    void allTagsGoTogether() throws Exception {
        for (String tag : List.of("1", "2", "latest")) {
            index(there, "app:" + tag);
        }

        assertThat(docker("pull", "-a", "-q", repository)).contains(repository);
        assertThat(here.images().tags(repository)).containsExactly("1", "2", "latest");

        String other = repository + "-copy";
        docker("tag", repository + ":1", other + ":one");
        docker("tag", repository + ":1", other + ":two");
        docker("push", "-a", other);
        assertThat(there.images().tags("docker.io/library/app-copy")).containsExactly("one", "two");
        assertThat(docker("push", "-a", repository + "-none"))
                .contains("An image does not exist locally with the tag: " + repository + "-none");
    }

    @Test
    void aRepositoryIsSavedWithAllItsTags() throws Exception {
        index(here, "app:1");
        index(here, "app:latest");
        Path file = root.resolve("saved.tar");

        docker("save", "-o", file.toString(), "app");
        docker("rmi", "-f", "app:1", "app:latest");

        assertThat(docker("load", "-i", file.toString()).lines())
                .containsExactlyInAnyOrder("Loaded image: app:1", "Loaded image: app:latest");
    }

    @Test
    void onePlatformOfSeveralIsPushedWhenItIsAskedFor() throws Exception {
        index(here, repository + ":1");

        docker("push", "--platform", "linux/arm64", repository + ":1");

        Digest target = there.images().target(Reference.parse("app:1")).orElseThrow();
        assertThat(target)
                .isNotEqualTo(
                        here.images().target(Reference.parse(repository + ":1")).orElseThrow());
        assertThat(there.images().get("app:1", Platform.linux("arm64")).manifestDigest())
                .isEqualTo(target);
    }

    @Test
    void onePlatformIsRemovedAndTheOtherStays() throws Exception {
        index(here, "app:1");
        Digest arm = here.images().get("app:1", Platform.linux("arm64")).manifestDigest();

        assertThat(docker("image", "rm", "--platform", "linux/s390x", "app:1"))
                .contains("does not match the specified platform (linux/s390x)");
        assertThat(docker("image", "rm", "--platform", "linux/arm64", "app:1")).isEqualTo("Deleted: " + arm + "\n");

        assertThat(here.content().has(arm)).isFalse();
        assertThat(docker("inspect", "--format", "{{.Architecture}}", "app:1").strip())
                .isEqualTo("amd64");
        assertThat(docker("image", "rm", "--platform", "linux/amd64", "app:1")).contains("Untagged: app:1");
    }

    @Test
    void aPlatformThatAnotherImageOrAContainerNeedsIsNotRemoved() throws Exception {
        index(here, "app:1");
        var arm = here.images().get("app:1", Platform.linux("arm64"));
        here.images().tag(Reference.parse("arm:1"), arm.manifestDigest());

        assertThat(docker("image", "rm", "--platform", "linux/arm64", "app:1")).contains("another image is made of it");

        here.images().remove("arm:1", false);
        here.holds().hold("a-container", arm.id());
        assertThat(docker("image", "rm", "--platform", "linux/arm64", "app:1"))
                .contains("container a-container is using it");
        assertThat(here.content().has(arm.manifestDigest())).isTrue();
    }

    /// An index of two images without layers.
    private static void index(LocalImages images, String name) throws Exception {
        var tree = Json.object().put("schemaVersion", 2).put("mediaType", MediaTypes.OCI_INDEX);
        var manifests = tree.putArray("manifests");
        try (var lease = images.content().leases().open()) {
            for (String architecture : List.of("amd64", "arm64")) {
                Digest manifest =
                        images.images().assemble(ImageConfig.empty(Platform.linux(architecture)), List.of(), lease);
                var entry = Descriptor.of(
                                MediaTypes.OCI_MANIFEST,
                                manifest,
                                images.content().size(manifest))
                        .json();
                entry.putObject("platform").put("os", "linux").put("architecture", architecture);
                manifests.add(entry);
            }
            Digest index =
                    images.content().put(MediaTypes.OCI_INDEX, Json.bytes(tree)).digest();
            lease.keep(index);
            images.images().tag(Reference.parse(name), index);
        }
    }

    private String docker(String... arguments) throws Exception {
        var command = new ArrayList<>(List.of("docker", "-H", "unix://" + root.resolve("docker.sock")));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return out;
    }
}
