package dev.longshore.builder.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.builder.dockerfile.DockerfileException;
import dev.longshore.builder.dockerfile.DockerfileParser;
import dev.longshore.images.Platform;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PlanTest {

    private static final Set<String> KEYWORDS = Set.of("FROM", "ARG", "RUN", "COPY", "LABEL");
    private static final Platform AMD64 = Platform.linux("amd64");

    @Test
    void onlyTheStagesThatTheTargetNeedsAreBuilt() {
        Plan plan = plan("", """
                FROM golang AS build
                RUN make
                FROM node AS assets
                FROM golang AS test
                RUN make test
                FROM scratch
                COPY --from=BUILD /app /
                RUN --mount=type=bind,from=assets,target=/a true
                """);

        assertThat(plan.needed()).extracting(PlannedStage::title).containsExactly("build", "assets", "stage-3");
        assertThat(plan.target().needs()).containsExactlyInAnyOrder(0, 1);
    }

    @Test
    void theTargetIsFoundByNameInAnyCaseAndByNumber() {
        String dockerfile = "FROM a AS One\nFROM b AS two\nFROM one AS three\n";

        assertThat(plan("TWO", dockerfile).needed())
                .extracting(PlannedStage::index)
                .containsExactly(1);
        assertThat(plan("0", dockerfile).needed())
                .extracting(PlannedStage::index)
                .containsExactly(0);
        assertThat(plan("three", dockerfile).needed())
                .extracting(PlannedStage::index)
                .containsExactly(0, 2);
    }

    @Test
    void aMistypedTargetIsAnsweredWithWhatThereIs() {
        assertThatThrownBy(() -> plan("relase", "FROM a AS build\nFROM b\nFROM c AS release\n"))
                .isInstanceOf(DockerfileException.class)
                .hasMessageContaining("target stage \"relase\" could not be found (did you mean release?)")
                .hasMessageContaining("there are: build, stage-1, release");
    }

    @Test
    void aStageCannotTakeFromOneThatComesLater() {
        assertThatThrownBy(() -> plan("", "FROM a AS one\nCOPY --from=two / /\nFROM b AS two\n"))
                .hasMessageContaining(
                        "cannot copy from stage \"two\", it needs to be defined before current stage \"one\"");
        assertThatThrownBy(() -> plan("", "FROM a\nCOPY --from=1 / /\nFROM b\n"))
                .hasMessageContaining("needs to be defined before current stage \"stage-0\"");
        assertThatThrownBy(() -> plan("", "FROM a AS me\nCOPY --from=me / /\n"))
                .hasMessageContaining("refers to current build stage");
        assertThatThrownBy(() -> plan("", "FROM a\nCOPY --from=7 / /\n")).hasMessageContaining("invalid stage index 7");
        assertThatThrownBy(() -> plan("", "FROM a\nCOPY --from=$X / /\n"))
                .hasMessageContaining("variable expansion is not supported for --from");
    }

    @Test
    void anImageMayHaveTheNameOfALaterStageOrOfItsOwn() {
        Plan plan = plan("", "FROM alpine AS alpine\nFROM debian\nFROM debian AS debian\n");

        assertThat(plan.stages())
                .extracting(PlannedStage::base)
                .containsExactly(new Base.OfImage("alpine"), new Base.OfImage("debian"), new Base.OfImage("debian"));
    }

    @Test
    void argumentsBeforeTheFirstStageDecideAboutBases() {
        List<String> lines = List.of(
                "ARG VERSION=1", "ARG BASE=img:${VERSION}", "FROM --platform=$BUILDPLATFORM $BASE AS b", "FROM b");
        String dockerfile = String.join("\n", lines);

        assertThat(plan("", dockerfile).stages().getFirst().base()).isEqualTo(new Base.OfImage("img:1"));
        Plan given = Plan.of(
                DockerfileParser.parse("Dockerfile", dockerfile, KEYWORDS),
                new Platforms(AMD64, PlatformText.parse("arm64")),
                Map.of("VERSION", "2"),
                Optional.empty());
        assertThat(given.stages().getFirst().base()).isEqualTo(new Base.OfImage("img:2"));
        assertThat(given.stages().getFirst().platform()).contains(AMD64);
        assertThat(given.stages().getLast().base()).isEqualTo(new Base.OfStage(0));
        assertThat(given.arguments().values())
                .containsEntry("TARGETPLATFORM", "linux/arm64")
                .containsEntry("TARGETARCH", "arm64")
                .containsEntry("BUILDARCH", "amd64")
                .containsEntry("TARGETSTAGE", "default");
    }

    @Test
    void whatIsNoDockerfileIsRefusedAtItsLine() {
        assertThatThrownBy(() -> plan("", "RUN x\nFROM a\n")).hasMessageContaining("Dockerfile:1: no build stage");
        assertThatThrownBy(() -> plan("", "ARG A=1\n")).hasMessageContaining("no build stage in current context");
        assertThatThrownBy(() -> plan("", "FROM $NONE\n")).hasMessageContaining("should not be blank");
        assertThatThrownBy(() -> plan("", "FROM a AS 1x\n")).hasMessageContaining("invalid name for build stage");
        assertThatThrownBy(() -> plan("", "FROM --platform=$NONE a\n"))
                .hasMessageContaining("empty platform value from expression $NONE");
    }

    @Test
    void platformsAreReadAsPeopleWriteThem() {
        assertThat(List.of("arm64", "linux/arm64/v8", "aarch64"))
                .allSatisfy(
                        text -> assertThat(PlatformText.parse(text).toString()).isEqualTo("linux/arm64"));
        assertThat(PlatformText.parse("linux/arm").toString()).isEqualTo("linux/arm/v7");
        assertThat(PlatformText.parse("x86_64").toString()).isEqualTo("linux/amd64");
    }

    private static Plan plan(String target, String dockerfile) {
        return Plan.of(
                DockerfileParser.parse("Dockerfile", dockerfile, KEYWORDS),
                new Platforms(AMD64, AMD64),
                Map.of(),
                Optional.of(target));
    }
}
