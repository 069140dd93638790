package dev.longshore.guests.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.BuildImageResultCallback;
import com.github.dockerjava.api.exception.DockerClientException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.AuthConfig;
import com.github.dockerjava.api.model.BuildResponseItem;
import com.github.dockerjava.api.model.Image;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// docker-java on images: build, list, tag, push, pull, save, load.
@ExtendWith(RunningEngine.class)
class DockerJavaImagesTest {

    @TempDir
    Path context;

    private DockerClient docker;
    private RunningEngine.Engine engine;

    @BeforeEach
    void connect(RunningEngine.Engine running) {
        engine = running;
        docker = Clients.over("httpclient5", running);
    }

    @AfterEach
    void disconnect() throws IOException {
        docker.close();
    }

    @Test
    void aDirectoryIsBuilt() throws Exception {
        Files.writeString(context.resolve("file"), "content");
        Files.writeString(context.resolve(".dockerignore"), "ignored\n");
        Files.writeString(context.resolve("ignored"), "x");
        Files.writeString(context.resolve("Dockerfile"), """
                FROM longshore.local/busybox AS base
                ARG VERSION=none
                RUN echo "building $VERSION"
                FROM base AS app
                COPY . /app/
                LABEL version=$VERSION
                CMD ["cat", "/app/file"]
                """);
        var said = new StringBuilder();

        String id = docker.buildImageCmd(context.toFile())
                .withTags(Set.of("guest/built:1", "guest/built:latest"))
                .withBuildArg("VERSION", "7")
                .withLabels(Map.of("made", "here"))
                .withTarget("app")
                .exec(new BuildImageResultCallback() {
                    @Override
                    public void onNext(BuildResponseItem item) {
                        super.onNext(item);
                        said.append(item.getStream() == null ? "" : item.getStream());
                    }
                })
                .awaitImageId();

        assertThat(said).contains("Step 1/", "building 7", "Successfully tagged guest/built:1");
        var image = docker.inspectImageCmd("guest/built:1").exec();
        assertThat(image.getId()).startsWith("sha256:" + id);
        assertThat(image.getRepoTags()).contains("guest/built:1", "guest/built:latest");
        assertThat(image.getConfig().getLabels()).containsEntry("version", "7").containsEntry("made", "here");
        assertThat(image.getConfig().getCmd()).containsExactly("cat", "/app/file");
        assertThat(image.getArch()).isEqualTo("amd64");
        assertThat(image.getRootFS().getLayers()).isNotEmpty();
        docker.removeImageCmd("guest/built:1").exec();
        docker.removeImageCmd("guest/built:latest").withForce(true).exec();
        assertThatThrownBy(() -> docker.inspectImageCmd("guest/built:1").exec())
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("No such image: guest/built:1");
    }

    @Test
    void aBuildThatFailsSaysWhy() throws Exception {
        Files.writeString(context.resolve("Dockerfile"), "FROM longshore.local/busybox\nRUN exit 3\n");

        assertThatThrownBy(() -> docker.buildImageCmd(context.toFile())
                        .exec(new BuildImageResultCallback())
                        .awaitImageId())
                .isInstanceOf(DockerClientException.class)
                .hasMessageContaining("returned a non-zero code: 3");
    }

    @Test
    void imagesAreListedAndTagged() {
        docker.tagImageCmd(Clients.BASE, "guest/tagged", "1").exec();

        List<Image> found =
                docker.listImagesCmd().withReferenceFilter("guest/tagged").exec();

        assertThat(found).singleElement().satisfies(image -> {
            assertThat(image.getRepoTags()).contains("guest/tagged:1");
            assertThat(image.getSize()).isPositive();
            assertThat(image.getCreated()).isPositive();
        });
        assertThat(docker.listImagesCmd().withShowAll(true).exec()).hasSizeGreaterThanOrEqualTo(found.size());
        docker.removeImageCmd("guest/tagged:1").exec();
    }

    @Test
    void imagesArePushedAndPulled() throws Exception {
        String name = engine.registry() + "/guest/pushed";
        docker.tagImageCmd(Clients.BASE, name, "1").exec();
        var nobody = new AuthConfig().withRegistryAddress(engine.registry());

        docker.pushImageCmd(name + ":1").withAuthConfig(nobody).start().awaitCompletion();
        docker.pullImageCmd(name).withTag("1").start().awaitCompletion();

        assertThat(docker.inspectImageCmd(name + ":1").exec().getRepoDigests())
                .as("the engine's own registry is left out of names")
                .anyMatch(digest -> digest.startsWith("guest/pushed@sha256:"));
        assertThatThrownBy(
                        () -> docker.pullImageCmd(name).withTag("gone").start().awaitCompletion())
                .isInstanceOf(NotFoundException.class);
        docker.removeImageCmd(name + ":1").exec();
    }

    @Test
    void imagesAreSavedAndLoaded() throws Exception {
        docker.tagImageCmd(Clients.BASE, "guest/saved", "1").exec();
        byte[] archive;
        try (var in = docker.saveImageCmd("guest/saved:1").exec()) {
            archive = in.readAllBytes();
        }
        docker.removeImageCmd("guest/saved:1").exec();

        docker.loadImageCmd(new ByteArrayInputStream(archive)).exec();

        assertThat(docker.inspectImageCmd("guest/saved:1").exec().getRepoTags()).contains("guest/saved:1");
        docker.removeImageCmd("guest/saved:1").exec();
    }
}
