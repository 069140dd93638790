package dev.longshore.builder.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.Json;
import dev.longshore.builder.dockerfile.DockerfileException;
import dev.longshore.builder.dockerfile.DockerfileParser;
import dev.longshore.builder.graph.Platforms;
import dev.longshore.images.Platform;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class ReportTest {

    private static final Platform AMD64 = Platform.parse("linux/amd64");
    private static final Platforms HERE = new Platforms(AMD64, AMD64);
    private static final String TWO = "FROM scratch AS A\nMAINTAINER me\n";

    @Test
    void aDirectiveSkipsRules() {
        assertThat(rules("# check=skip=MaintainerDeprecated\n" + TWO)).containsExactly("StageNameCasing");
        assertThat(rules("# check=skip=MaintainerDeprecated,StageNameCasing\n" + TWO))
                .isEmpty();
        assertThat(rules("# check=skip=all\n" + TWO)).isEmpty();
        assertThat(rules("# check=skip=NoSuchRule\n" + TWO)).hasSize(2);
        assertThat(rules("# check=skip=StageNameCasing, MaintainerDeprecated\n" + TWO))
                .containsExactly("MaintainerDeprecated");
        assertThat(rules("FROM scratch AS A\n# check=skip=all\nMAINTAINER me\n"))
                .containsExactly("StageNameCasing");
    }

    @Test
    void anArgumentComesInPlaceOfTheDirective() {
        Report report = Checks.of(
                "Dockerfile",
                "# check=skip=all\n" + TWO,
                with(Map.of(Surroundings.OPTIONS, "skip=StageNameCasing;error=true")));

        assertThat(report.warnings()).extracting(Warning::rule).containsExactly(Rule.MAINTAINER_DEPRECATED);
        assertThat(report.failure().orElseThrow())
                .hasMessage("Dockerfile:3: lint violation found for rules: MaintainerDeprecated: Maintainer instruction"
                        + " is deprecated in favor of using label");
    }

    @Test
    void warningsMayBeErrors() {
        assertThat(report("# check=error=true\n" + TWO).failure().orElseThrow())
                .hasMessageContaining("lint violation found for rules: MaintainerDeprecated, StageNameCasing");
        assertThat(report("# check=error=true\nFROM scratch\n").failure()).isEmpty();
        assertThat(report(TWO).failure()).isEmpty();
    }

    @Test
    void aCommentConcernsTheInstructionBelowIt() {
        assertThat(rules("FROM scratch AS A\n# check=skip=MaintainerDeprecated\nMAINTAINER me\nMAINTAINER you\n"))
                .containsExactly("StageNameCasing", "MaintainerDeprecated");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "skip | invalid check option \"skip\"",
                "skpi=all | invalid check option \"skpi\"",
                "error=maybe | failed to parse check option \"error=maybe\": strconv.ParseBool: parsing \"maybe\": invalid syntax",
            })
    void optionsThatCannotBeSayWhy(String options, String why) {
        assertThatThrownBy(() -> CheckOptions.parse(options)).hasMessage(why);
        assertThat(report("# check=" + options + "\n" + TWO).error().orElseThrow())
                .hasMessage("Dockerfile:1: failed to parse check options: " + why);
    }

    @Test
    void allOptionsGoTogether() {
        CheckOptions options = CheckOptions.parse("skip=A, B;error=1;experimental=all");

        assertThat(options.skipped()).containsExactlyInAnyOrder("A", "B");
        assertThat(options.failsBuild()).isTrue();
        assertThat(options.isAdventurous()).isTrue();
    }

    @Test
    void peopleSeeRuleHintAndLines() {
        assertThat(report("FROM scratch\nMAINTAINER me\n").text()).isEqualTo("""
                Check complete, 1 warning has been found!

                WARNING: MaintainerDeprecated - https://docs.docker.com/go/dockerfile/rule/maintainer-deprecated/
                Maintainer instruction is deprecated in favor of using label
                Write LABEL org.opencontainers.image.authors="…".
                Dockerfile:2
                --------------------
                   1 |     FROM scratch
                   2 | >>> MAINTAINER me
                   3 |    \s
                --------------------
                """);
        assertThat(report("FROM scratch\n").text()).isEqualTo("Check complete, no warnings found.\n");
        assertThat(report(TWO).text()).startsWith("Check complete, 2 warnings have been found!\n");
    }

    @Test
    void programsSeeJson() {
        JsonNode tree = report("FROM scratch\nMAINTAINER me\nRUNN\n").json();

        assertThat(Json.parse(Json.bytes(tree))).isEqualTo(tree);
        assertThat(tree.at("/warnings/0/ruleName").asString()).isEqualTo("MaintainerDeprecated");
        assertThat(tree.at("/warnings/0/url").asString()).endsWith("/maintainer-deprecated/");
        assertThat(tree.at("/warnings/0/detail").asString()).startsWith("Maintainer instruction");
        assertThat(tree.at("/warnings/0/location/ranges/0/start/line").asInt()).isEqualTo(2);
        assertThat(tree.at("/sources/0/filename").asString()).isEqualTo("Dockerfile");
        assertThat(tree.at("/sources/0/data").asString()).isNotEmpty();
        assertThat(tree.at("/buildError/message").asString()).contains("unknown instruction: RUNN (did you mean RUN?)");
        assertThat(tree.at("/buildError/location/ranges/0/end/line").asInt()).isEqualTo(3);
    }

    @Test
    void whatIsFoundBeforeAnErrorIsKept() {
        Report report = report("FROM scratch AS A\nEXPOSE\nMAINTAINER me\n");

        assertThat(report.warnings()).extracting(Warning::rule).containsExactly(Rule.STAGE_NAME_CASING);
        assertThat(report.error().orElseThrow()).hasMessageContaining("EXPOSE requires at least one argument");
        assertThat(report.exitCode()).isEqualTo(1);
        assertThat(report("RUN <<EOF\n").error()).isPresent();
        assertThat(report("").error().orElseThrow()).hasMessage("Dockerfile: file with no instructions");
        assertThat(report("FROM scratch\n").exitCode()).isZero();
    }

    @Test
    void stagesThatAreNotWantedAreNotLookedAt() {
        String text = "FROM scratch\nWORKDIR a\nFROM scratch\nWORKDIR ${A:?b}\n";
        var first = new Surroundings(
                HERE, Map.of(), Optional.empty(), BaseFacts.NONE, IgnoredPaths.none(), stage -> stage == 0);

        assertThat(Checks.of("Dockerfile", text, first).error()).isEmpty();
        assertThat(Checks.of("Dockerfile", text, first).warnings()).hasSize(1);
        assertThat(report(text).error().orElseThrow()).hasMessageContaining("A: b");
    }

    @Test
    void hostileFilesCostLittle() {
        String doubling = "FROM scratch\nENV A=0123456789\n" + "ENV A=$A$A\n".repeat(60);
        String wide = "FROM scratch\n" + "ENV A$N=$B\n".repeat(2_000) + "ENV X=$Y\n".repeat(5_000);
        String tall = "FROM scratch AS a\n".repeat(10_000);

        Assertions.assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
            assertThat(report(doubling).error().orElseThrow()).hasMessageContaining("longer than");
            assertThat(report(wide).warnings()).hasSizeLessThanOrEqualTo(10_000);
            assertThat(report(tall).warnings()).hasSizeLessThanOrEqualTo(10_000);
        });
    }

    @Test
    void targetsHaveNamesAndDescriptions() {
        String text = """
                # base is what all begin with
                FROM --platform=$BUILDPLATFORM alpine AS base
                FROM base
                # release goes out
                FROM base AS release
                """;
        Targets targets = Targets.of(DockerfileParser.read("Dockerfile", text));

        assertThat(targets.text()).isEqualTo("""
                TARGET              DESCRIPTION
                base                is what all begin with
                                   \s
                release (default)   goes out
                """);
        JsonNode tree = targets.json();
        assertThat(tree.at("/targets/0/base").asString()).isEqualTo("alpine");
        assertThat(tree.at("/targets/0/platform").asString()).isEqualTo("$BUILDPLATFORM");
        assertThat(tree.at("/targets/2/default").asBoolean()).isTrue();
        assertThat(tree.at("/targets/2/location/ranges/0/start/line").asInt()).isEqualTo(5);
    }

    @Test
    void anOutlineGathersWhatATargetsStagesTake() {
        String text = """
                # VERSION of the base
                ARG VERSION=${MAJOR}.1
                ARG UNUSED=1
                FROM alpine:$VERSION AS base
                # DEBUG or not
                ARG DEBUG=no
                RUN --mount=type=secret,id=npm,required --mount=type=ssh true
                FROM scratch AS other
                ARG ELSEWHERE
                # release goes out
                FROM base AS release
                ARG UNUSED
                ARG OWN=x
                RUN --mount=type=secret,id=aws --mount=from=tools,target=/t true
                """;
        Outline outline = outline(text, Optional.empty());

        assertThat(outline.arguments())
                .extracting(Outline.Argument::name, Outline.Argument::value, Outline.Argument::description)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("VERSION", ".1", "of the base"),
                        org.assertj.core.groups.Tuple.tuple("UNUSED", "1", ""),
                        org.assertj.core.groups.Tuple.tuple("DEBUG", "no", "or not"),
                        org.assertj.core.groups.Tuple.tuple("OWN", "x", ""));
        assertThat(outline.secrets()).extracting(Outline.Need::name).containsExactly("npm", "aws");
        assertThat(outline.secrets()).extracting(Outline.Need::isRequired).containsExactly(true, false);
        assertThat(outline.ssh()).extracting(Outline.Need::name).containsExactly("default");
        assertThat(outline.text()).isEqualTo("""
                TARGET:      release
                DESCRIPTION: goes out

                BUILD ARG   VALUE   DESCRIPTION
                VERSION     .1      of the base
                UNUSED      1      \s
                DEBUG       no      or not
                OWN         x      \s

                SECRET   REQUIRED
                npm      true
                aws     \s

                SSH       REQUIRED
                default  \s

                """);
        assertThat(outline.json().at("/args/0/name").asString()).isEqualTo("VERSION");
        assertThat(outline(text, Optional.of("other")).arguments())
                .extracting(Outline.Argument::name)
                .containsExactly("ELSEWHERE");
        assertThatThrownBy(() -> outline(text, Optional.of("releese")))
                .isInstanceOf(DockerfileException.class)
                .hasMessage("Dockerfile: target stage \"releese\" could not be found (did you mean release?)");
    }

    private static Outline outline(String text, Optional<String> target) {
        return Outline.of(
                DockerfileParser.read("Dockerfile", text),
                new Surroundings(HERE, Map.of(), target, BaseFacts.NONE, IgnoredPaths.none(), stage -> true));
    }

    private static List<String> rules(String text) {
        return report(text).warnings().stream()
                .map(warning -> warning.rule().title())
                .toList();
    }

    private static Report report(String text) {
        return Checks.of("Dockerfile", text, with(Map.of()));
    }

    private static Surroundings with(Map<String, String> arguments) {
        return new Surroundings(HERE, arguments, Optional.empty(), BaseFacts.NONE, IgnoredPaths.none(), stage -> true);
    }
}
