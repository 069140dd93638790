package dev.longshore.kubelet.pods;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.linux.ProcessorSet;
import dev.longshore.runtime.ContainerResources;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExclusiveProcessorsTest {

    private final AtomicInteger changes = new AtomicInteger();

    @TempDir
    Path directory;

    @Test
    void wholeProcessorsOfGuaranteedPodsAreTheirsAlone() {
        var processors = processors("0-3");

        assertThat(processors.admit(guaranteed("pair", "2"))).isEmpty();
        assertThat(processors.admit(guaranteed("part", "500m"))).isEmpty();

        assertThat(processors.of("pair", "main")).hasToString("1-2");
        assertThat(processors.of("part", "main")).hasToString("0,3");
        assertThat(processors.isAnyExclusive("part")).isFalse();
        assertThat(changes).hasValue(1);
    }

    @Test
    void whoHasProcessorsForItselfIsNotHeldBackOnThem() {
        var processors = processors("0-3");
        processors.admit(guaranteed("one", "1"));

        var placed = processors.place("one", "main", ContainerResources.NONE);

        assertThat(placed.processors()).isEqualTo("1");
        assertThat(placed.cpuQuotaMicros()).hasValue(-1);
        assertThat(processors.place("other", "main", ContainerResources.NONE).cpuQuotaMicros())
                .isEmpty();
    }

    @Test
    void whatIsReservedIsNeverGivenAway() {
        var processors = processors("0-1");

        assertThat(processors.admit(guaranteed("pair", "2"))).hasValueSatisfying(why -> {
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

        assertThat(processors.admit(pod)).isEmpty();

        assertThat(processors.of("u", "first")).hasToString("1-3");
        assertThat(processors.of("u", "a")).hasToString("1");
        assertThat(processors.of("u", "b")).hasToString("2-3");
    }

    @Test
    void aKubeletThatComesBackKnowsWhoHasWhat() {
        processors("0-3").admit(guaranteed("one", "1"));

        var again = processors("0-3");

        assertThat(again.of("one", "main")).hasToString("1");
        again.admit(guaranteed("other", "1"));
        assertThat(again.of("other", "main")).hasToString("2");

        again.retain(Set.of("other"));

        assertThat(again.of("new", "main")).hasToString("0-1,3");
    }

    @Test
    void aFileThatIsDamagedOrOfAnotherMachineIsNotBelieved() throws IOException {
        processors("0-3").admit(guaranteed("one", "1"));
        assertThat(processors("0-7").isAnyExclusive("one")).isFalse();

        processors("0-3").admit(guaranteed("one", "1"));
        Path file = directory.resolve("cpu_manager_state");
        Files.writeString(file, Files.readString(file).replace("\"main\":\"1\"", "\"main\":\"2\""));
        assertThat(processors("0-3").isAnyExclusive("one")).isFalse();
    }

    private ExclusiveProcessors processors(String online) {
        return new ExclusiveProcessors(
                ProcessorSet.parse(online),
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
