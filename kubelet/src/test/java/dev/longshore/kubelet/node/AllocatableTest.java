package dev.longshore.kubelet.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.kubelet.configuration.KubeletConfiguration;
import dev.longshore.linux.ProcessorSet;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AllocatableTest {

    private static final Map<String, Quantity> MACHINE = Map.of(
            "cpu", new Quantity("4"),
            "memory", new Quantity("8388608Ki"),
            "ephemeral-storage", new Quantity("1048576Ki"),
            "hugepages-2Mi", new Quantity("512Mi"));

    @Test
    void whatIsReservedAndWhatMustBeLeftIsNotForPods() {
        var allocatable = of("""
                systemReserved: {cpu: 100m, memory: 1Gi, ephemeral-storage: 1Mi}
                kubeReserved: {cpu: 400m, memory: 1Gi}
                evictionHard: {memory.available: 512Mi, nodefs.available: "50%"}
                """);

        assertThat(allocatable.of(allocatable.capacity(MACHINE)))
                .containsEntry("cpu", new Quantity("3500m"))
                // 8Gi without twice 1Gi, 512Mi and the huge pages.
                .containsEntry("memory", new Quantity("5242880Ki"))
                .containsEntry("ephemeral-storage", new Quantity("523264Ki"))
                .containsEntry("hugepages-2Mi", new Quantity("512Mi"))
                .containsEntry("hugepages-1Gi", new Quantity("0"))
                .containsEntry("pods", new Quantity("110"));
        assertThat(allocatable.enforced(MACHINE).get("memory")).isEqualTo(new Quantity("6291456Ki"));
    }

    @Test
    void softThresholdsTakeNothingAway() {
        var allocatable = of("""
                evictionHard: {}
                evictionSoft: {memory.available: 1Gi}
                evictionSoftGracePeriod: {memory.available: 1m}
                """);

        assertThat(allocatable.of(Map.of("memory", new Quantity("8388608Ki"))))
                .containsEntry("memory", new Quantity("8388608Ki"));
    }

    @Test
    void podsPerCoreLimitsPods() {
        assertThat(of("podsPerCore: 10").capacity(MACHINE)).containsEntry("pods", new Quantity("40"));
        assertThat(of("podsPerCore: 100").capacity(MACHINE)).containsEntry("pods", new Quantity("110"));
    }

    @Test
    void namedProcessorsAreReservedInsteadOfAmounts() {
        var allocatable = of("""
                systemReserved: {cpu: 500m}
                reservedSystemCPUs: 1,3
                """);

        assertThat(allocatable.of(MACHINE)).containsEntry("cpu", new Quantity("2"));
        assertThat(allocatable.namedProcessors()).contains(ProcessorSet.parse("1,3"));
    }

    @Test
    void partsOfProcessorsReserveWholeOnes() {
        assertThat(of("kubeReserved: {cpu: 1100m}").reservedCount()).isEqualTo(2);
    }

    private static Allocatable of(String fields) {
        return new Allocatable(KubeletConfiguration.parse("""
                apiVersion: kubelet.config.k8s.io/v1beta1
                kind: KubeletConfiguration
                """ + fields));
    }
}
