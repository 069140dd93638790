package dev.longshore.kubelet.pods;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.kubelet.topology.Hint;
import dev.longshore.kubelet.topology.MachineTopology;
import dev.longshore.kubelet.topology.Processor;
import dev.longshore.kubelet.topology.ProcessorOptions;
import dev.longshore.linux.ProcessorSet;
import dev.longshore.runtime.ContainerResources;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExclusiveProcessorsTest {

    private final AtomicInteger changes = new AtomicInteger();

    @TempDir
    Path directory;

    @Test
    void wholeProcessorsOfGuaranteedPodsAreTheirsAlone() {
        var processors = processors("0-3");

        assertThat(admit(processors, guaranteed("pair", "2"))).isEmpty();
        assertThat(admit(processors, guaranteed("part", "500m"))).isEmpty();

        assertThat(processors.of("pair", "main")).hasToString("1-2");
        assertThat(processors.of("part", "main")).hasToString("0,3");
        assertThat(processors.isAnyExclusive("part")).isFalse();
        assertThat(changes).hasValue(1);
    }

    @Test
    void whoHasProcessorsForItselfIsNotHeldBackOnThem() {
        var processors = processors("0-3");
        admit(processors, guaranteed("one", "1"));

        var placed = processors.place("one", "main", ContainerResources.NONE);

        assertThat(placed.processors()).isEqualTo("1");
        assertThat(placed.cpuQuotaMicros()).hasValue(-1);
        assertThat(processors.place("other", "main", ContainerResources.NONE).cpuQuotaMicros())
                .isEmpty();
    }

    @Test
    void whatIsReservedIsNeverGivenAway() {
        var processors = processors("0-1");

        assertThat(admit(processors, guaranteed("pair", "2"))).hasValueSatisfying(why -> {
            assertThat(why.reason()).isEqualTo("UnexpectedAdmissionError");
            assertThat(why.message())
                    .isEqualTo("Allocate failed due to not enough cpus available to satisfy request: requested=2,"
                            + " available=1, which is unexpected");
        });
        assertThat(processors.of("any", "main")).hasToString("0-1");
    }

    @Test
    void initContainersLeaveTheirsToTheOthers() {
        var processors = processors("0-3");
        Pod pod = QosTest.pod("""
                initContainers:
                - {name: first, resources: {limits: {cpu: "3", memory: 1Mi}, requests: {cpu: "3", memory: 1Mi}}}
                containers:
                - {name: a, resources: {limits: {cpu: "1", memory: 1Mi}, requests: {cpu: "1", memory: 1Mi}}}
                - {name: b, resources: {limits: {cpu: "2", memory: 1Mi}, requests: {cpu: "2", memory: 1Mi}}}
                """);

        assertThat(admit(processors, pod)).isEmpty();

        assertThat(processors.of("u", "first")).hasToString("1-3");
        assertThat(processors.of("u", "a")).hasToString("1");
        assertThat(processors.of("u", "b")).hasToString("2-3");
    }

    @Test
    void aKubeletThatComesBackKnowsWhoHasWhat() {
        admit(processors("0-3"), guaranteed("one", "1"));

        var again = processors("0-3");

        assertThat(again.of("one", "main")).hasToString("1");
        admit(again, guaranteed("other", "1"));
        assertThat(again.of("other", "main")).hasToString("2");

        again.retain(Set.of("other"));

        assertThat(again.of("new", "main")).hasToString("0-1,3");
    }

    @Test
    void aFileThatIsDamagedOrOfAnotherMachineIsNotBelieved() throws IOException {
        admit(processors("0-3"), guaranteed("one", "1"));
        assertThat(processors("0-7").isAnyExclusive("one")).isFalse();

        admit(processors("0-3"), guaranteed("one", "1"));
        Path file = directory.resolve("cpu_manager_state");
        Files.writeString(file, Files.readString(file).replace("\"main\":\"1\"", "\"main\":\"2\""));
        assertThat(processors("0-3").isAnyExclusive("one")).isFalse();
    }

    @Test
    void coresAreNotSharedWhereWholeOnesAreWanted() {
        var wholeCores = new ProcessorOptions(true, false, false, false, false, false);
        var processors = on(fourCoresOfTwo(), wholeCores);

        assertThat(admit(processors, guaranteed("odd", "3"))).hasValueSatisfying(why -> {
            assertThat(why.reason()).isEqualTo("SMTAlignmentError");
            assertThat(why.message()).isEqualTo("SMT Alignment Error: requested 3 cpus not multiple cpus per core = 2");
        });
        assertThat(admit(processors, guaranteed("pair", "2"))).isEmpty();
        assertThat(processors.of("pair", "main")).hasToString("1,5");
        assertThat(admit(processors, guaranteed("six", "6")))
                .hasValueSatisfying(why -> assertThat(why.message())
                        .isEqualTo("SMT Alignment Error: not enough free physical CPUs: available physical CPUs = 4,"
                                + " requested CPUs = 6, CPUs per core = 2"));
    }

    @Test
    void nobodyRunsOnWhatIsStrictlyReserved() {
        var strict = new ProcessorOptions(false, false, false, false, true, false);
        var processors = on(fourCoresOfTwo(), strict);

        assertThat(processors.of("anybody", "main")).hasToString("1-7");
        assertThat(admit(processors, guaranteed("one", "1"))).isEmpty();
        assertThat(on(fourCoresOfTwo(), strict).isAnyExclusive("one")).isTrue();
    }

    /// 0 and 4 are one core, and so on.
    private static MachineTopology fourCoresOfTwo() {
        return new MachineTopology(IntStream.range(0, 8)
                .mapToObj(number -> new Processor(number, number % 4, 0, 0, 0))
                .toList());
    }

    private static Optional<NodeAdmission.Refusal> admit(ExclusiveProcessors processors, Pod pod) {
        return PodResources.containers(pod).stream()
                .flatMap(container -> processors.give(pod, container, Hint.NO_MATTER).stream())
                .findFirst();
    }

    private ExclusiveProcessors processors(String online) {
        return on(MachineTopology.flat(ProcessorSet.parse(online)), ProcessorOptions.NONE);
    }

    private ExclusiveProcessors on(MachineTopology machine, ProcessorOptions options) {
        return new ExclusiveProcessors(
                machine,
                options,
                ProcessorSet.parse("0"),
                new ProcessorState(directory.resolve("cpu_manager_state")),
                changes::incrementAndGet);
    }

    private static Pod guaranteed(String uid, String cpus) {
        Pod pod = QosTest.pod(("containers: [{name: main, resources: {limits: {cpu: \"%s\", memory: 1Mi},"
                        + " requests: {cpu: \"%s\", memory: 1Mi}}}]")
                .formatted(cpus, cpus));
        pod.getMetadata().setUid(uid);
        return pod;
    }
}
