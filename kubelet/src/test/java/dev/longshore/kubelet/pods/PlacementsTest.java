package dev.longshore.kubelet.pods;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.kubelet.topology.AlignmentPolicy;
import dev.longshore.kubelet.topology.MachineTopology;
import dev.longshore.kubelet.topology.NodeMemory;
import dev.longshore.kubelet.topology.NumaDistances;
import dev.longshore.kubelet.topology.Processor;
import dev.longshore.kubelet.topology.ProcessorOptions;
import dev.longshore.linux.ProcessorSet;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A machine of two NUMA nodes, each with four processors and 100 bytes of memory, of which the first processor and ten
/// bytes of each node are the system's.
class PlacementsTest {

    private static final MachineTopology MACHINE = new MachineTopology(IntStream.range(0, 8)
            .mapToObj(number -> new Processor(number, number, number / 4, number / 4, number / 4))
            .toList());
    private static final NumaDistances DISTANCES = new NumaDistances(Map.of(0, List.of(10, 20), 1, List.of(20, 10)));

    @TempDir
    Path directory;

    @Test
    void processorsFollowTheMemory() throws InterruptedException {
        var node = new Node(AlignmentPolicy.SINGLE_NUMA_NODE, false);
        assertThat(node.admit("big", guaranteed("1", "80"))).isEmpty();
        assertThat(node.processors.of("big", "main")).hasToString("1");
        assertThat(node.memory.of("big", "main")).isEqualTo("0");

        assertThat(node.admit("second", guaranteed("1", "50"))).isEmpty();

        assertThat(node.processors.of("second", "main")).hasToString("4");
        assertThat(node.memory.of("second", "main")).isEqualTo("1");
    }

    @Test
    void whatDoesNotFitOnOneNodeIsRefusedOrTakenFromBoth() throws InterruptedException {
        assertThat(new Node(AlignmentPolicy.SINGLE_NUMA_NODE, false).admit("wider", guaranteed("5", "50")))
                .isEqualTo("TopologyAffinityError: Resources cannot be allocated with Topology locality");
        var restricted = new Node(AlignmentPolicy.RESTRICTED, false);
        assertThat(restricted.admit("wide", guaranteed("5", "150"))).isEmpty();
        assertThat(restricted.processors.of("wide", "main"))
                .as("a whole node first")
                .hasToString("1,4-7");
        assertThat(restricted.memory.of("wide", "main")).isEqualTo("0-1");
    }

    @Test
    void aPodsContainersGoTogetherWhereTheScopeIsThePod() throws InterruptedException {
        Pod pair = QosTest.pod("""
                containers:
                - {name: a, resources: {limits: {cpu: "2", memory: 40}, requests: {cpu: "2", memory: 40}}}
                - {name: b, resources: {limits: {cpu: "2", memory: 40}, requests: {cpu: "2", memory: 40}}}
                """);
        var apart = new Node(AlignmentPolicy.SINGLE_NUMA_NODE, false);
        assertThat(apart.admit("pair", pair)).isEmpty();
        assertThat(apart.processors.of("pair", "a")).hasToString("1-2");
        assertThat(apart.processors.of("pair", "b")).hasToString("4-5");

        apart.processors.release("pair");
        apart.memory.release("pair");

        var together = new Node(AlignmentPolicy.SINGLE_NUMA_NODE, true);
        assertThat(together.admit("couple", pair)).isEmpty();
        assertThat(together.processors.of("couple", "a")).hasToString("4-5");
        assertThat(together.processors.of("couple", "b")).hasToString("6-7");
        assertThat(together.memory.of("couple", "b")).isEqualTo("1");
    }

    @Test
    void aNodeThatGivesAloneGivesNoneTogetherWithOthers() throws InterruptedException {
        var node = new Node(AlignmentPolicy.NONE, false);
        assertThat(node.admit("small", guaranteed("1", "10"))).isEmpty();

        assertThat(node.admit("wide", guaranteed("1", "120")))
                .isEqualTo("UnexpectedAdmissionError: Allocate failed due to [memorymanager] failed to get the default"
                        + " NUMA affinity, no NUMA nodes with enough memory is available, which is unexpected");

        node.memory.release("small");
        node.processors.release("wide");
        assertThat(node.admit("wide", guaranteed("1", "120"))).isEmpty();
        assertThat(node.memory.of("wide", "main")).isEqualTo("0-1");
        assertThat(node.admit("small", guaranteed("1", "10"))).startsWith("UnexpectedAdmissionError");
    }

    @Test
    void memoryOfInitContainersIsUsedAgain() throws InterruptedException {
        var node = new Node(AlignmentPolicy.NONE, false);
        Pod pod = QosTest.pod("""
                initContainers:
                - {name: first, resources: {limits: {cpu: 100m, memory: 80}, requests: {cpu: 100m, memory: 80}}}
                containers:
                - {name: a, resources: {limits: {cpu: 100m, memory: 40}, requests: {cpu: 100m, memory: 40}}}
                - {name: b, resources: {limits: {cpu: 100m, memory: 40}, requests: {cpu: 100m, memory: 40}}}
                """);

        assertThat(node.admit("again", pod)).isEmpty();

        assertThat(List.of("first", "a", "b"))
                .allSatisfy(name -> assertThat(node.memory.of("again", name)).isEqualTo("0"));
        assertThat(node.admit("other", guaranteed("1", "10"))).isEmpty();
        assertThat(node.memory.of("other", "main"))
                .as("ten bytes are left there")
                .isEqualTo("0");
        assertThat(node.admit("third", guaranteed("1", "10"))).isEmpty();
        assertThat(node.memory.of("third", "main")).isEqualTo("1");
    }

    @Test
    void whatOnlyInitContainersHadIsGivenBackWhenTheNextOneBegins() throws InterruptedException {
        var node = new Node(AlignmentPolicy.NONE, false);
        Pod pod = QosTest.pod("""
                initContainers:
                - {name: first, resources: {limits: {cpu: 2, memory: 80}, requests: {cpu: 2, memory: 80}}}
                containers:
                - {name: main, resources: {limits: {cpu: 1, memory: 20}, requests: {cpu: 1, memory: 20}}}
                """);
        assertThat(node.admit("large", pod)).isEmpty();
        assertThat(node.admit("before", guaranteed("1", "70"))).isEmpty();
        assertThat(node.memory.of("before", "main")).isEqualTo("1");

        node.memory.forget("large", List.of("first"));
        node.processors.forget("large", List.of("first"));

        assertThat(node.memory.of("large", "first")).isEmpty();
        assertThat(node.memory.of("large", "main")).isEqualTo("0");
        assertThat(node.admit("after", guaranteed("1", "70"))).isEmpty();
        assertThat(node.memory.of("after", "main")).isEqualTo("0");
        assertThat(new Node(AlignmentPolicy.NONE, false).memory.of("large", "first"))
                .as("also for the next kubelet")
                .isEmpty();
    }

    @Test
    void othersUseAllMemory() throws InterruptedException {
        var node = new Node(AlignmentPolicy.RESTRICTED, false);
        Pod burstable = QosTest.pod("containers: [{name: main, resources: {requests: {cpu: \"1\", memory: 10}}}]");

        assertThat(node.admit("burstable", burstable)).isEmpty();

        assertThat(node.memory.of("burstable", "main")).isEmpty();
    }

    @Test
    void aKubeletThatComesBackKnowsWhoHasWhichMemory() throws InterruptedException, IOException {
        new Node(AlignmentPolicy.NONE, false).admit("one", guaranteed("1", "60"));

        var again = new Node(AlignmentPolicy.NONE, false);
        assertThat(again.memory.of("one", "main")).isEqualTo("0");
        again.memory.retain(Set.of());
        assertThat(again.memory.of("one", "main")).isEmpty();

        new Node(AlignmentPolicy.NONE, false).admit("one", guaranteed("1", "60"));
        Path file = directory.resolve("memory_manager_state");
        Files.writeString(file, Files.readString(file).replace("\"size\":60", "\"size\":50"));
        assertThat(new Node(AlignmentPolicy.NONE, false).memory.of("one", "main"))
                .as("a damaged file is not believed")
                .isEmpty();
    }

    private static Pod guaranteed(String cpus, String memory) {
        return QosTest.pod(("containers: [{name: main, resources: {limits: {cpu: \"%s\", memory: %s},"
                        + " requests: {cpu: \"%s\", memory: %s}}}]")
                .formatted(cpus, memory, cpus, memory));
    }

    private final class Node {
        final ExclusiveProcessors processors = new ExclusiveProcessors(
                MACHINE,
                ProcessorOptions.NONE,
                ProcessorSet.parse("0"),
                new ProcessorState(directory.resolve("cpu_manager_state")),
                () -> {});
        final PlacedMemory memory = new PlacedMemory(
                Map.of(0, new NodeMemory(100, Map.of()), 1, new NodeMemory(100, Map.of())),
                Map.of(0, Map.of("memory", 10L), 1, Map.of("memory", 10L)),
                new MemoryState(directory.resolve("memory_manager_state")));
        private final Alignment alignment;

        Node(AlignmentPolicy policy, boolean scopeIsPod) {
            alignment = new Alignment(
                    new Alignment.Settings(policy, scopeIsPod, false), DISTANCES, List.of(processors, memory));
        }

        /// Why not; empty if it is taken.
        String admit(String uid, Pod pod) throws InterruptedException {
            pod.getMetadata().setUid(uid);
            return alignment
                    .admit(pod)
                    .map(why -> why.reason() + ": " + why.message())
                    .orElse("");
        }
    }
}
