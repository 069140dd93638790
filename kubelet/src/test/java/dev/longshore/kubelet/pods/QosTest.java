package dev.longshore.kubelet.pods;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.kubelet.configuration.KubeletConfiguration;
import dev.longshore.linux.Cgroups;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What requests and limits become, against what the kubelet of 1.36 makes of them.
class QosTest {

    private static final long GIBI = 1L << 30;
    private static final ResourceSettings SETTINGS =
            ResourceSettings.of(KubeletConfiguration.usual().with("podPidsLimit", 100));

    @Test
    void aPodIsLimitedOnlyWhereEachOfItsContainersIs() {
        Pod limited = pod("""
                containers:
                - {name: a, resources: {requests: {cpu: 100m, memory: 16Mi}, limits: {cpu: 200m, memory: 32Mi}}}
                - {name: b, resources: {requests: {cpu: 100m, memory: 16Mi}, limits: {cpu: 300m, memory: 64Mi}}}
                initContainers:
                - {name: first, resources: {limits: {cpu: "1", memory: 16Mi}}}
                """);
        Pod open = pod("""
                containers:
                - {name: a, resources: {requests: {cpu: 100m}, limits: {cpu: 200m}}}
                - {name: b}
                """);

        var resources = Qos.ofPod(limited, SETTINGS);
        // The init container alone takes more CPU than the others together, but less memory.
        assertThat(resources.cpuShares()).hasValue(1024);
        assertThat(resources.cpuQuotaMicros()).hasValue(100_000);
        assertThat(resources.memoryLimitBytes()).hasValue(96L << 20);
        assertThat(resources.pidsLimit()).hasValue(100);
        assertThat(Qos.ofPod(open, SETTINGS).cpuQuotaMicros()).isEmpty();
        assertThat(Qos.ofPod(open, SETTINGS).memoryLimitBytes()).isEmpty();
        assertThat(Qos.ofPod(open, SETTINGS).cpuShares()).hasValue(102);
    }

    @Test
    void whatThePodSaysItselfGoesOverItsContainersAndBoundsThoseThatSayNothing() {
        Pod pod = pod("""
                resources: {requests: {cpu: 500m, memory: 128Mi}, limits: {cpu: "1", memory: 256Mi}}
                containers:
                - {name: a, resources: {requests: {cpu: 100m, memory: 32Mi}, limits: {memory: 64Mi}}}
                - {name: b}
                """);

        assertThat(Qos.classOf(pod)).isEqualTo("Burstable");
        assertThat(Qos.ofPod(pod, SETTINGS).cpuShares()).hasValue(512);
        assertThat(Qos.ofPod(pod, SETTINGS).cpuQuotaMicros()).hasValue(100_000);
        assertThat(Qos.ofPod(pod, SETTINGS).memoryLimitBytes()).hasValue(256L << 20);
        assertThat(of(pod, "a").memoryLimitBytes()).hasValue(64L << 20);
        assertThat(of(pod, "b").memoryLimitBytes()).hasValue(256L << 20);
        assertThat(of(pod, "b").cpuQuotaMicros()).hasValue(100_000);
        // Of the 128Mi the 96Mi that no container asked for are shared out.
        assertThat(of(pod, "a").oomScoreAdjust()).hasValue(1000 - 1000 * (80L << 20) / GIBI);
        assertThat(of(pod, "b").oomScoreAdjust()).hasValue(1000 - 1000 * (48L << 20) / GIBI);
    }

    @Test
    void scoresSayWhoDiesFirst() {
        Pod burstable = pod("""
                containers:
                - {name: a, resources: {requests: {memory: 512Mi}}}
                - {name: all, resources: {requests: {memory: 2Gi}}}
                - {name: little, resources: {requests: {memory: "1"}}}
                """);
        Pod sidecar = pod("""
                containers: [{name: a, resources: {requests: {memory: 512Mi}}}]
                initContainers: [{name: side, restartPolicy: Always}]
                """);

        assertThat(of(burstable, "a").oomScoreAdjust()).hasValue(500);
        assertThat(of(burstable, "all").oomScoreAdjust()).hasValue(3);
        assertThat(of(burstable, "little").oomScoreAdjust()).hasValue(999);
        assertThat(of(sidecar, "side").oomScoreAdjust()).hasValue(500);
        assertThat(of(pod("containers: [{name: a}]"), "a").oomScoreAdjust()).hasValue(1000);
        assertThat(of(pod("priority: 2000001000\ncontainers: [{name: a}]"), "a").oomScoreAdjust())
                .hasValue(-997);
    }

    @Test
    void hugePagesAreForWhoAsksForThem() {
        Pod pod = pod("""
                containers:
                - {name: a, resources: {requests: {cpu: 1m, hugepages-2Mi: 4Mi}, limits: {hugepages-2Mi: 4Mi}}}
                - {name: b}
                """);

        assertThat(of(pod, "a").hugePages()).isEqualTo(Map.of(2L << 20, 4L << 20));
        assertThat(of(pod, "b").hugePages()).isEqualTo(Map.of(2L << 20, 0L));
        assertThat(Qos.ofPod(pod, SETTINGS).hugePages()).isEqualTo(Map.of(2L << 20, 4L << 20));
    }

    @Test
    void quotasCanBeTurnedOff() {
        var without = ResourceSettings.of(KubeletConfiguration.parse("""
                apiVersion: kubelet.config.k8s.io/v1beta1
                kind: KubeletConfiguration
                cpuCFSQuota: false
                """));
        Pod pod = pod("containers: [{name: a, resources: {limits: {cpu: 100m, memory: 1Mi}}}]");

        assertThat(Qos.ofPod(pod, without).cpuQuotaMicros()).isEmpty();
        assertThat(Qos.of(pod, pod.getSpec().getContainers().getFirst(), GIBI, without)
                        .cpuQuotaMicros())
                .isEmpty();
    }

    @Test
    void theClassesOfPodsAreWeighedByWhatTheirPodsRequest(@TempDir Path root) throws IOException {
        var tree = new CgroupTree(
                Cgroups.unifiedAt(root), "here", Map.of("cpu", new Quantity("2"), "memory", new Quantity("1Gi")));
        Pod burstable = pod("containers: [{name: a, resources: {requests: {cpu: \"1\"}}}]");

        tree.update(List.of(burstable, burstable, pod("containers: [{name: a}]")));

        assertThat(read(root, "here/kubepods/burstable/cpu.weight")).isEqualTo("79");
        assertThat(read(root, "here/kubepods/besteffort/cpu.weight")).isEqualTo("1");
        assertThat(read(root, "here/kubepods/cpu.weight")).isEqualTo("79");
        assertThat(read(root, "here/kubepods/memory.max")).isEqualTo(Long.toString(GIBI));

        tree.update(List.of());

        assertThat(read(root, "here/kubepods/burstable/cpu.weight")).isEqualTo("1");
    }

    private static String read(Path root, String file) throws IOException {
        return Files.readString(root.resolve(file));
    }

    private static dev.longshore.runtime.ContainerResources of(Pod pod, String name) {
        Container container = PodResources.containers(pod).stream()
                .filter(one -> one.getName().equals(name))
                .findFirst()
                .orElseThrow();
        return Qos.of(pod, container, GIBI, SETTINGS);
    }

    static Pod pod(String spec) {
        return Serialization.unmarshal(
                "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: default, uid: u}\nspec:\n" + spec.indent(2),
                Pod.class);
    }
}
