package dev.longshore.kinds.podsecurity.controls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Yaml;
import dev.longshore.kinds.kit.Trees;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/// Judges a table of pods for every control, at every level and in every version.
class EvaluatorTest {

    private static final String TABLE = "/dev/longshore/kinds/podsecurity/pods.yaml";
    /// One version more than there is.
    private static final int VERSIONS = 37;

    private final Evaluator evaluator = new Evaluator();

    record Case(String name, JsonNode pod, JsonNode baseline, JsonNode restricted) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() throws IOException {
        try (InputStream table = EvaluatorTest.class.getResourceAsStream(TABLE)) {
            JsonNode cases = Yaml.parse(new String(table.readAllBytes(), StandardCharsets.UTF_8));
            return cases.valueStream()
                    .map(one -> new Case(
                            Trees.text(one, "name"), one.path("pod"), one.path("baseline"), one.path("restricted")));
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void saysOfEachPodWhatTheOriginalSays(Case one) {
        var subject = new PodSubject(one.pod());
        for (Level level : List.of(Level.BASELINE, Level.RESTRICTED)) {
            JsonNode expected = level == Level.BASELINE ? one.baseline() : one.restricted();
            for (PolicyVersion version : versions()) {
                assertThat(evaluator
                                .judge(new LevelVersion(level, version), subject)
                                .details())
                        .as("%s:%s", level, version)
                        .isEqualTo(expected(expected, version));
            }
        }
        assertThat(evaluator.judge(LevelVersion.PRIVILEGED, subject).isAllowed())
                .isTrue();
    }

    private static List<PolicyVersion> versions() {
        var versions = new ArrayList<PolicyVersion>();
        for (int minor = 0; minor <= VERSIONS; minor++) {
            versions.add(new PolicyVersion(minor));
        }
        versions.add(PolicyVersion.LATEST);
        return versions;
    }

    private static String expected(JsonNode byVersion, PolicyVersion version) {
        return byVersion.properties().stream()
                .filter(entry -> PolicyVersion.of(entry.getKey()).orElseThrow().compareTo(version) <= 0)
                .reduce((older, newer) -> newer)
                .orElseThrow()
                .getValue()
                .asString();
    }

    @Test
    void everyRevisionOfEveryControlIsKeptByOnePodOfTheTableAndBrokenByAnother() throws IOException {
        List<PodSubject> subjects =
                cases().map(one -> new PodSubject(one.pod())).toList();

        for (Control control : AllControls.list()) {
            for (Control.Revision revision : control.revisions()) {
                assertThat(subjects)
                        .as("%s since v1.%d", control.id(), revision.since())
                        .anyMatch(subject -> revision.check().judge(subject).isPresent())
                        .anyMatch(subject -> revision.check().judge(subject).isEmpty());
            }
        }
    }

    @Test
    void readsVersionsAsLabelsHaveThem() {
        assertThat(PolicyVersion.of("latest")).contains(PolicyVersion.LATEST);
        assertThat(PolicyVersion.of("v1.0")).contains(new PolicyVersion(0));
        assertThat(PolicyVersion.of("v1.36").orElseThrow()).hasToString("v1.36");
        for (String wrong : List.of("", "1.36", "v1", "v1.", "v1.01", "v1.-1", "v2.0", "v1.2.3", "Latest", "v1.x")) {
            assertThat(PolicyVersion.of(wrong)).as(wrong).isEmpty();
        }
    }

    @Test
    void ofSeveralViolationsOfOneKindTheReasonIsSaidOnce() {
        var pod = new PodSubject(Yaml.parse("{spec: {hostPID: true, hostIPC: true, containers: []}}"));

        Verdict verdict = evaluator.judge(new LevelVersion(Level.BASELINE, PolicyVersion.LATEST), pod);

        assertThat(verdict.reasons()).isEqualTo("host namespaces");
        assertThat(verdict.details()).isEqualTo("host namespaces (hostPID=true, hostIPC=true)");
    }
}
