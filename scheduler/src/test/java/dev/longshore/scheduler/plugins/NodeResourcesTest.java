package dev.longshore.scheduler.plugins;

import static dev.longshore.scheduler.plugins.Sample.asking;
import static dev.longshore.scheduler.plugins.Sample.node;
import static dev.longshore.scheduler.plugins.Sample.pod;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.scheduler.devices.DeviceFacts;
import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import dev.longshore.scheduler.framework.Snapshot;
import dev.longshore.scheduler.framework.Verdict;
import io.fabric8.kubernetes.api.model.ContainerImageBuilder;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NodeResourcesTest {

    private final NodeResourcesFit fit = new NodeResourcesFit(DeviceFacts.NONE);

    @Test
    void namesEverythingThatIsMissing() {
        NodeView full = node("a", "", asking("3", "7Gi"), pod("b"), pod("c"));

        assertThat(fit.filter(asking("2", "2Gi"), full, alone(full)))
                .isInstanceOfSatisfying(Verdict.Rejected.class, rejected -> {
                    assertThat(rejected.reasons())
                            .containsExactlyInAnyOrder("Too many pods", "Insufficient cpu", "Insufficient memory");
                    assertThat(rejected.couldPreempt()).isTrue();
                });
    }

    @Test
    void seesThatNoEvictionHelpsWhereTheNodeIsTooSmall() {
        NodeView node = node("a", "");

        assertThat(fit.filter(asking("5", "1Gi"), node, alone(node))).isEqualTo(Verdict.rejected("Insufficient cpu"));
    }

    @Test
    void countsTheLargestInitContainerAndTheOverhead() {
        PodView heavy = pod(
                "heavy",
                builder -> builder.editSpec()
                        .addNewInitContainer()
                        .withName("init")
                        .withNewResources()
                        .withRequests(Map.of("cpu", new Quantity("3500m")))
                        .endResources()
                        .endInitContainer()
                        .addToOverhead("cpu", new Quantity("600m"))
                        .endSpec());
        NodeView node = node("a", "");

        assertThat(heavy.request("cpu")).isEqualTo(4100);
        assertThat(fit.filter(heavy, node, alone(node))).isInstanceOf(Verdict.Rejected.class);
    }

    @Test
    void spreadsPodsThatAskForNothing() {
        NodeView busy = node("a", "", pod("x"), pod("y"));
        NodeView idle = node("b", "");

        long[] points = fit.score(pod("z"), List.of(busy, idle), new Snapshot(List.of(busy, idle)));

        assertThat(points[1]).isGreaterThan(points[0]);
    }

    @Test
    void prefersEvenUseOfProcessorAndMemory() {
        NodeView lopsided = node("a", "", asking("3", "1Mi"));
        NodeView even = node("b", "", asking("1500m", "3Gi"));
        var cluster = new Snapshot(List.of(lopsided, even));

        long[] points = new NodeResourcesBalancedAllocation().score(asking("1", "2Gi"), cluster.nodes(), cluster);

        assertThat(points[1]).isGreaterThan(points[0]);
    }

    @Test
    void prefersNodesThatHaveALargeImage() {
        NodeView holder = NodeView.of(
                new NodeBuilder()
                        .withNewMetadata()
                        .withName("a")
                        .endMetadata()
                        .withNewSpec()
                        .endSpec()
                        .withNewStatus()
                        .withImages(new ContainerImageBuilder()
                                .withNames("registry.example/web:latest")
                                .withSizeBytes(900L << 20)
                                .build())
                        .endStatus()
                        .build(),
                List.of());
        var cluster = new Snapshot(List.of(holder, node("b", "")));

        long[] points = new ImageLocality().score(pod("web"), cluster.nodes(), cluster);

        assertThat(points[0]).isBetween(40L, 50L);
        assertThat(points[1]).isZero();
    }

    @Test
    void givesAPortOfANodeToOnePodOnly() {
        NodeView taken = node("a", "", onPort("0.0.0.0", "TCP"));
        var ports = new NodePorts();

        assertThat(ports.filter(onPort("10.0.0.1", "TCP"), taken, alone(taken)))
                .isEqualTo(Verdict.crowded("node(s) didn't have free ports for the requested pod ports"));
        assertThat(ports.filter(onPort("10.0.0.1", "UDP"), taken, alone(taken))).isEqualTo(Verdict.FITS);
    }

    private static PodView onPort(String address, String protocol) {
        return pod(
                "port",
                builder -> builder.editSpec()
                        .editFirstContainer()
                        .addNewPort()
                        .withContainerPort(80)
                        .withHostPort(8080)
                        .withHostIP(address)
                        .withProtocol(protocol)
                        .endPort()
                        .endContainer()
                        .endSpec());
    }

    private static Snapshot alone(NodeView node) {
        return new Snapshot(List.of(node));
    }
}
