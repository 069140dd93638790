package dev.longshore.builder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import dev.longshore.builder.attest.Attestations;
import dev.longshore.builder.graph.PlatformText;
import dev.longshore.builder.output.Export;
import dev.longshore.builder.output.Output;
import dev.longshore.builder.output.Outputs;
import dev.longshore.builder.progress.BuildEvent;
import dev.longshore.builder.progress.StepName;
import dev.longshore.builder.stage.Wishes;
import dev.longshore.images.Platform;
import dev.longshore.images.tar.TarEntry;
import dev.longshore.images.tar.TarReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// One build for several platforms.
class ManyPlatformsTest {

    private static final Platform AMD = PlatformText.parse("amd64");
    private static final Platform RISCV = PlatformText.parse("riscv64");
    private static final String DOCKERFILE = """
            FROM --platform=$BUILDPLATFORM longshore.local/busybox AS build
            RUN head -c 8 /dev/urandom | od -An -tx1 > /random
            FROM build AS made
            ARG TARGETARCH
            RUN echo "for $TARGETARCH" > /made
            FROM scratch
            COPY --from=build /random /
            COPY --from=made /made /
            """;

    private final List<BuildEvent> events = new CopyOnWriteArrayList<>();
    private Workshop workshop;

    @BeforeEach
    void open() throws Exception {
        workshop = Workshop.quick();
        workshop.dockerfile(DOCKERFILE);
    }

    @AfterEach
    void close() throws Exception {
        if (workshop != null) {
            workshop.close();
        }
    }

    @Test
    void anIndexHasAnImageForEachPlatform() throws Exception {
        Built built = build(request(AMD, RISCV));

        assertThat(built.id()).isEqualTo(built.target());
        JsonNode index = read(built.target());
        assertThat(index.path("mediaType").asString()).isEqualTo("application/vnd.oci.image.index.v1+json");
        assertThat(index.path("manifests"))
                .extracting(each -> each.path("platform").toString())
                .containsExactly(
                        "{\"architecture\":\"amd64\",\"os\":\"linux\"}",
                        "{\"architecture\":\"riscv64\",\"os\":\"linux\"}");
        assertThat(content("/made", AMD)).isEqualTo("for amd64\n");
        assertThat(content("/made", RISCV)).isEqualTo("for riscv64\n");
        assertThat(workshop.images.images().get("app").config().platform()).isEqualTo(AMD);
        assertThat(workshop.images.images().find(built.target().toString()))
                .map(dev.longshore.images.Image::target)
                .contains(built.target());
    }

    @Test
    void whatIsEqualForAllIsDoneOnceWhetherOrNotEarlierBuildsCount() throws Exception {
        build(request(AMD, RISCV));
        assertThat(content("/random", AMD)).isEqualTo(content("/random", RISCV));
        String before = content("/random", AMD);

        build(request(AMD, RISCV).with(Wishes.NONE.withNoCache(Wishes.NoCache.ALWAYS)));

        assertThat(content("/random", AMD)).isEqualTo(content("/random", RISCV)).isNotEqualTo(before);
    }

    @Test
    void progressNamesThePlatforms() throws Exception {
        build(request(AMD, RISCV));

        List<StepName> planned = events.stream()
                .filter(BuildEvent.Planned.class::isInstance)
                .flatMap(event -> ((BuildEvent.Planned) event).steps().stream())
                .toList();
        assertThat(planned)
                .extracting(StepName::number)
                .containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
        assertThat(planned)
                .extracting(name ->
                        name.stage() + " " + name.platform() + " " + name.text().split(" ", 2)[0])
                .containsExactly(
                        "0 linux/amd64 FROM",
                        "0 linux/amd64 RUN",
                        "1 linux/amd64 FROM",
                        "1 linux/amd64 ARG",
                        "1 linux/amd64 RUN",
                        "2 linux/amd64 FROM",
                        "2 linux/amd64 COPY",
                        "2 linux/amd64 COPY",
                        "3 linux/amd64 FROM",
                        "3 linux/amd64 RUN",
                        "4 linux/amd64 FROM",
                        "4 linux/amd64->riscv64 ARG",
                        "4 linux/amd64->riscv64 RUN",
                        "5 linux/riscv64 FROM",
                        "5 linux/riscv64 COPY",
                        "5 linux/riscv64 COPY");
    }

    @Test
    void crossBuildingIsShown() throws Exception {
        workshop.dockerfile("""
                FROM --platform=$BUILDPLATFORM longshore.local/busybox
                ARG TARGETARCH
                RUN echo $TARGETARCH > /made
                """);

        build(request(RISCV, AMD));

        assertThat(events.stream()
                        .filter(BuildEvent.StepStarted.class::isInstance)
                        .map(event -> ((BuildEvent.StepStarted) event).step())
                        .map(step -> step.platform() + " " + step.text().split(" ", 2)[0]))
                .contains("linux/amd64 FROM", "linux/amd64->riscv64 RUN", "linux/amd64 RUN");
    }

    @Test
    void oneThatFailsEndsTheOthersAndNothingIsNamed() {
        assertThatThrownBy(() -> {
                    workshop.dockerfile(DOCKERFILE + "FROM made\nRUN test $TARGETARCH = amd64\n");
                    build(request(AMD, RISCV));
                })
                .hasMessageContaining("Dockerfile:10")
                .hasMessageContaining("returned a non-zero code: 1");
        assertThat(workshop.images
                        .images()
                        .target(dev.longshore.images.Reference.parse("app").withDefaultTag()))
                .isEmpty();
    }

    @Test
    void eachImageHasItsOwnAttestations() throws Exception {
        Built built = build(request(AMD, RISCV).attested(Attestations.parse("true", "mode=min")));

        JsonNode manifests = read(built.target()).path("manifests");
        assertThat(manifests).hasSize(4);
        for (int i = 0; i < 2; i++) {
            JsonNode beside = manifests.path(2 + i);
            assertThat(beside.path("annotations").path("vnd.docker.reference.digest"))
                    .isEqualTo(manifests.path(i).path("digest"));
            JsonNode layers = read(digest(beside)).path("layers");
            assertThat(layers).hasSize(2);
            JsonNode statement = read(digest(layers.path(1)));
            assertThat(statement.path("subject").path(0).path("name").asString())
                    .isEqualTo("pkg:docker/app@latest?platform=linux%2F" + (i == 0 ? "amd64" : "riscv64"));
        }
    }

    @Test
    void filesComeInADirectoryForEachPlatform() throws Exception {
        Map<String, byte[]> files = files(
                request(AMD, RISCV).attested(Attestations.parse("true", "filename=how.json")),
                new Output.ToTree(Optional.empty(), "x-"));

        assertThat(files.keySet())
                .containsExactly(
                        "linux_amd64/",
                        "linux_amd64/made",
                        "linux_amd64/random",
                        "linux_amd64/x-how.json",
                        "linux_amd64/x-sbom.spdx.json",
                        "linux_riscv64/",
                        "linux_riscv64/made",
                        "linux_riscv64/random",
                        "linux_riscv64/x-how.json",
                        "linux_riscv64/x-sbom.spdx.json");
        JsonNode statement = Json.parse(files.get("linux_riscv64/x-how.json"));
        assertThat(statement.path("subject"))
                .extracting(subject -> subject.path("name").asString() + " "
                        + subject.path("digest").path("sha256").asString())
                .containsExactly(
                        "made " + Digest.sha256(files.get("linux_riscv64/made")).hex(),
                        "random "
                                + Digest.sha256(files.get("linux_riscv64/random"))
                                        .hex());
    }

    @Test
    void filesOfAllPlatformsInOneDirectoryMustNotMeet() throws Exception {
        BuildRequest request = request(AMD, RISCV);
        assertThatThrownBy(() -> files(request, new Output.ToTree(Optional.of(false), "")))
                .hasMessage("cannot overwrite made from linux/amd64 with linux/riscv64 when split option is disabled");

        workshop.dockerfile("""
                FROM --platform=$BUILDPLATFORM longshore.local/busybox AS build
                ARG TARGETARCH
                RUN mkdir -p /out/d && echo x > /out/d/app-$TARGETARCH
                FROM scratch
                COPY --from=build /out /
                """);
        assertThat(files(request.attested(Attestations.parse("", "true")), new Output.ToTree(Optional.of(false), ""))
                        .keySet())
                .containsExactly(
                        "d/",
                        "d/app-amd64",
                        "d/app-riscv64",
                        "provenance.linux_amd64.json",
                        "provenance.linux_riscv64.json");
    }

    @Test
    void onePlatformMayHaveTheFormOfSeveral() throws Exception {
        Built built = build(request().with(Wishes.NONE.withArgument("BUILDKIT_MULTI_PLATFORM", "1")));

        assertThat(read(built.target()).path("manifests")).hasSize(1);
        assertThat(files(
                                request().with(Wishes.NONE.withArgument("BUILDKIT_MULTI_PLATFORM", "true")),
                                new Output.ToTree(Optional.empty(), ""))
                        .keySet())
                .contains("linux_amd64/made");
        assertThatThrownBy(
                        () -> build(request(AMD, RISCV).with(Wishes.NONE.withArgument("BUILDKIT_MULTI_PLATFORM", "0"))))
                .hasMessageContaining("conflicting config: returning multiple target platforms is not allowed");
    }

    @Test
    void dockersArchiveHasOneImageOnly() {
        var archive = new Outputs(List.of(new Output.ToArchive(false, List.of())));

        assertThatThrownBy(() -> build(request(AMD, RISCV).giving(archive)))
                .hasMessageContaining("docker exporter does not currently support exporting manifest lists");
    }

    private static BuildRequest request(Platform... platforms) {
        return BuildRequest.tagged("app").on(List.of(platforms));
    }

    private Built build(BuildRequest request) throws IOException, InterruptedException {
        return workshop.builder().build(request, workshop.context, events::add);
    }

    private Map<String, byte[]> files(BuildRequest request, Output.ToTree wish) throws Exception {
        var bytes = new ByteArrayOutputStream();
        workshop.builder().build(request, workshop.context, events::add, finished -> {
            var files = new ArrayList<Export.Files>();
            for (PlatformResult each : finished.result().platforms()) {
                files.add(new Export.Files(each.platform(), each.tree(), each.claims(), Instant.EPOCH));
            }
            new Export(workshop.images).tree(files, finished.result().isMultiple(), wish, bytes);
        });
        var files = new TreeMap<String, byte[]>();
        var tar = new TarReader(new ByteArrayInputStream(bytes.toByteArray()));
        for (Optional<TarEntry> entry = tar.next(); entry.isPresent(); entry = tar.next()) {
            var content = new ByteArrayOutputStream();
            if (entry.get().type() == TarEntry.Type.FILE) {
                tar.content((offset, part, length) -> content.write(part, 0, length));
            }
            assertThat(files.put(entry.get().name(), content.toByteArray()))
                    .as(entry.get().name())
                    .isNull();
        }
        return files;
    }

    private String content(String path, Platform platform) throws Exception {
        var image = workshop.images.images().get("app", platform);
        var tree =
                workshop.images.layers().merged(workshop.images.layers().directories(image.manifest(), image.config()));
        return java.nio.file.Files.readString(tree.find(path).orElseThrow(), StandardCharsets.UTF_8);
    }

    private static Digest digest(JsonNode descriptor) {
        return Digest.parse(descriptor.path("digest").asString());
    }

    private JsonNode read(Digest digest) throws Exception {
        return Json.parse(workshop.images.content().read(digest));
    }
}
