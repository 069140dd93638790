package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplicaProposalsTest {

    private static final Instant NOW = Instant.parse("2026-01-01T01:00:00Z");
    private static final ScalingTolerance TOLERANCE = new ScalingTolerance(0.1, 0.1);

    /// Each letter is a pod: `r`eady, `p`ending, `u`nready since it began, `s`tarted a minute ago, `f`ailed, `d`eleted;
    /// each number what it uses of the 1000 milli-CPU that it requests, `-` if nothing is known.
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            rrr  | 300 500 700    | 30  | 5
            rrr  | 400 500 700    | 50  | 3
            rrr  | 550 550 550    | 50  | 3
            rrr  | 560 560 560    | 50  | 4
            rrrr | 100 100 100 100| 50  | 1
            rrr  | 300 500 -      | 30  | 3
            rrrr | 500 500 500 -  | 30  | 5
            rrrr | 100 100 - -    | 50  | 4
            rrrrr| 100 100 100 100 - | 100 | 2
            rrp  | 700 500 -      | 30  | 4
            rru  | 700 500 900    | 30  | 4
            rrs  | 500 500 900    | 50  | 2
            rrf  | 300 500 900    | 30  | 3
            rrd  | 300 500 900    | 30  | 3
            """)
    void usageIsBroughtToItsShareOfWhatWasRequested(String pods, String used, int target, int expected) {
        List<Pod> all = pods(pods);
        int current = pods.replace("f", "").replace("d", "").replace("s", "").length();

        assertThat(new ReplicaProposals(current, all, TOLERANCE, NOW)
                        .byUtilization(usage(all, used), "cpu", "", target)
                        .replicas())
                .isEqualTo(expected);
    }

    @Test
    void theStatusShowsShareAndAverage() {
        List<Pod> pods = pods("rr");

        var proposal =
                new ReplicaProposals(2, pods, TOLERANCE, NOW).byUtilization(usage(pods, "300 600"), "cpu", "", 50);

        assertThat(proposal.usage()).isEqualTo(450);
        assertThat(proposal.utilization()).hasValue(45);
    }

    @Test
    void onlyOneContainerMayBeMeasured() {
        Pod pod = new PodBuilder(pods("r").getFirst())
                .editSpec()
                .addNewContainer()
                .withName("side")
                .withResources(requests("100m"))
                .endContainer()
                .endSpec()
                .build();
        var proposals = new ReplicaProposals(1, List.of(pod), TOLERANCE, NOW);

        assertThat(proposals
                        .byUtilization(usage(List.of(pod), "200"), "cpu", "side", 100)
                        .replicas())
                .isEqualTo(2);
        assertThatThrownBy(() -> proposals.byUtilization(usage(List.of(pod), "200"), "cpu", "absent", 100))
                .hasMessage("container absent not found in Pod pod-0");
    }

    @Test
    void whatIsNotRequestedHasNoShare() {
        Pod pod = new PodBuilder(pods("r").getFirst())
                .editSpec()
                .editFirstContainer()
                .withResources(null)
                .endContainer()
                .endSpec()
                .build();

        assertThatThrownBy(() -> new ReplicaProposals(1, List.of(pod), TOLERANCE, NOW)
                        .byUtilization(usage(List.of(pod), "200"), "cpu", "", 100))
                .hasMessage("missing request for cpu in container main of Pod pod-0");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            rrr | 20000 10000 10000 | 10000 | 4
            rrr | 10000 10000 10500 | 10000 | 3
            rrr | 20000 -     20000 | 10000 | 4
            rrr | 1000  -     1000  | 10000 | 2
            """)
    void theAverageOfAllPodsIsBroughtToItsTarget(String pods, String used, long target, int expected) {
        List<Pod> all = pods(pods);

        assertThat(new ReplicaProposals(3, all, TOLERANCE, NOW)
                        .byAverage(usage(all, used), "", target)
                        .replicas())
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            rrr  | 33000 | 20000 | 5
            rrr  | 21000 | 20000 | 3
            rrp  | 40000 | 20000 | 4
                 | 9000  | 2000  | 5
            """)
    void aTotalIsSharedByThosePodsThatWork(String pods, long usage, long target, int expected) {
        List<Pod> all = pods == null ? List.of() : pods(pods);

        assertThat(new ReplicaProposals(all.size(), all, TOLERANCE, NOW)
                        .byTotal(usage, target)
                        .replicas())
                .isEqualTo(expected);
    }

    @Test
    void eachPodTakesItsShare() {
        var proposal = ReplicaProposals.byShare(8600, 2867, 4, TOLERANCE);

        assertThat(proposal.replicas()).isEqualTo(3);
        assertThat(proposal.usage()).isEqualTo(2150);
        assertThat(ReplicaProposals.byShare(8000, 2000, 4, TOLERANCE).replicas())
                .isEqualTo(4);
    }

    @Test
    void nothingIsSaidWithoutPodsOrUsage() {
        var none = new ReplicaProposals(1, List.of(), TOLERANCE, NOW);
        var starting = new ReplicaProposals(1, pods("p"), TOLERANCE, NOW);

        assertThatThrownBy(() -> none.byAverage(Map.of(), "", 1))
                .hasMessage("no pods returned by selector while calculating replica count");
        assertThatThrownBy(() -> starting.byAverage(Map.of(), "", 1))
                .hasMessage("did not receive metrics for targeted pods (pods might be unready)");
    }

    private static List<Pod> pods(String kinds) {
        var pods = new ArrayList<Pod>();
        for (int i = 0; i < kinds.length(); i++) {
            pods.add(pod("pod-" + i, kinds.charAt(i)));
        }
        return pods;
    }

    private static Pod pod(String name, char kind) {
        boolean isNew = kind == 's';
        Instant start = isNew ? NOW.minusSeconds(60) : NOW.minus(Duration.ofHours(1));
        var pod = new PodBuilder()
                .withNewMetadata()
                .withName(name)
                .withDeletionTimestamp(kind == 'd' ? NOW.toString() : null)
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("main")
                .withResources(requests("1"))
                .endContainer()
                .endSpec()
                .withNewStatus()
                .withPhase(kind == 'p' ? "Pending" : kind == 'f' ? "Failed" : "Running")
                .withStartTime(start.toString())
                .addNewCondition()
                .withType("Ready")
                .withStatus(kind == 'u' ? "False" : "True")
                .withLastTransitionTime((isNew ? NOW.minusSeconds(20) : start.plusSeconds(10)).toString())
                .endCondition()
                .endStatus();
        return pod.build();
    }

    private static ResourceRequirements requests(String cpu) {
        return new ResourceRequirementsBuilder()
                .addToRequests("cpu", new Quantity(cpu))
                .build();
    }

    private static Map<String, PodUsage> usage(List<Pod> pods, String used) {
        var usage = new LinkedHashMap<String, PodUsage>();
        String[] values = used.trim().split(" +");
        for (int i = 0; i < values.length; i++) {
            if (!values[i].equals("-")) {
                usage.put(
                        pods.get(i).getMetadata().getName(),
                        new PodUsage(Long.parseLong(values[i]), NOW, Duration.ofSeconds(30)));
            }
        }
        return usage;
    }
}
