package dev.longshore.kubelet.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.base.Json;
import dev.longshore.base.ManualTime;
import dev.longshore.kubelet.cluster.EventRecorder;
import dev.longshore.kubelet.cluster.NodeApi;
import dev.longshore.kubelet.configuration.KubeletConfiguration;
import dev.longshore.kubelet.devices.ExtendedResources;
import dev.longshore.kubelet.pods.FakeCluster;
import dev.longshore.kubelet.pods.FakeRuntime;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.NodeStatus;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class NodeAgentTest {

    private final ManualTime time = new ManualTime();
    private final FakeNodes nodes = new FakeNodes();
    private final List<String> ranges = new CopyOnWriteArrayList<>();
    private final FakeCluster cluster = new FakeCluster();
    private final EventRecorder events = new EventRecorder(cluster, time, "node-1");
    private final ShutdownState shutdown = new ShutdownState();
    private final NodeAgent agent = new NodeAgent(
            new NodeSettings(
                    "node-1",
                    List.of("192.0.2.1"),
                    Map.of("disk", "fast"),
                    List.of(),
                    10250,
                    "v1.36.0",
                    KubeletConfiguration.parse("""
                            apiVersion: kubelet.config.k8s.io/v1beta1
                            kind: KubeletConfiguration
                            maxPods: 50
                            systemReserved: {memory: 412Mi}
                            kubeReserved: {memory: 512Mi}
                            """)),
            new PretendedMachine("node-1", Map.of("cpu", new Quantity("4"), "memory", new Quantity("8Gi"))),
            new Pressures(),
            shutdown,
            new FakeRuntime(time),
            nodes,
            events,
            time,
            ranges::add,
            ExtendedResources.NONE,
            Set::of);

    @AfterEach
    void stop() {
        agent.close();
        events.close();
    }

    @Test
    void registersAndReports() {
        agent.start();

        await().until(() -> nodes.reports.size() == 1);
        assertThat(nodes.node.getMetadata().getLabels())
                .containsEntry("kubernetes.io/hostname", "node-1")
                .containsEntry("kubernetes.io/os", "linux")
                .containsEntry("disk", "fast")
                .containsKey("kubernetes.io/arch");
        NodeStatus status = nodes.reports.getFirst();
        assertThat(status.getConditions())
                .extracting(NodeCondition::getType, NodeCondition::getStatus)
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple("MemoryPressure", "False"),
                        org.assertj.core.groups.Tuple.tuple("DiskPressure", "False"),
                        org.assertj.core.groups.Tuple.tuple("PIDPressure", "False"),
                        org.assertj.core.groups.Tuple.tuple("Ready", "True"));
        assertThat(status.getCapacity()).containsEntry("pods", new Quantity("50"));
        assertThat(Quantity.getAmountInBytes(status.getAllocatable().get("memory"))
                        .longValue())
                .isEqualTo(7L << 30);
        assertThat(status.getNodeInfo().getContainerRuntimeVersion()).isEqualTo("fake://1.0");
        assertThat(status.getRuntimeHandlers()).singleElement().satisfies(usual -> {
            assertThat(usual.getName()).isEmpty();
            assertThat(usual.getFeatures().getRecursiveReadOnlyMounts()).isTrue();
            assertThat(usual.getFeatures().getUserNamespaces()).isTrue();
        });
        assertThat(status.getDeclaredFeatures())
                .containsExactly(
                        "ExtendWebSocketsToKubelet",
                        "InPlacePodLevelResourcesVerticalScaling",
                        "InPlacePodVerticalScalingInitContainers",
                        "RestartAllContainersOnContainerExits");
        assertThat(status.getDaemonEndpoints().getKubeletEndpoint().getPort()).isEqualTo(10250);
    }

    @Test
    void saysAtOnceThatItGoesDown() {
        nodes.giveRange("10.244.0.0/24");
        agent.start();
        await().until(() -> nodes.reports.size() == 1);

        shutdown.is(true);
        agent.tellNow();

        await().until(() -> nodes.reports.size() == 2);
        NodeCondition ready = nodes.reports.getLast().getConditions().stream()
                .filter(condition -> condition.getType().equals("Ready"))
                .findFirst()
                .orElseThrow();
        assertThat(ready.getStatus()).isEqualTo("False");
        assertThat(ready.getReason()).isEqualTo("KubeletNotReady");
        assertThat(ready.getMessage()).isEqualTo("node is shutting down");
    }

    @Test
    void passesOnTheRangeOfItsPodsOnceItIsKnown() {
        agent.start();
        await().until(() -> nodes.reports.size() == 1);
        assertThat(ranges).isEmpty();

        nodes.giveRange("10.244.0.0/24");

        await().until(() -> {
            time.advance(Duration.ofSeconds(2));
            return !ranges.isEmpty();
        });
        time.advance(Duration.ofMinutes(10));
        assertThat(ranges).containsExactly("10.244.0.0/24");
    }

    @Test
    void renewsItsLeaseAndIsOtherwiseQuiet() {
        nodes.giveRange("10.244.0.0/24");
        agent.start();
        await().until(() -> nodes.reports.size() == 1 && nodes.leases.size() == 1);

        await().until(() -> {
            time.advance(Duration.ofSeconds(5));
            return nodes.leases.size() == 4;
        });

        assertThat(nodes.leases.getLast().getSpec().getHolderIdentity()).isEqualTo("node-1");
        assertThat(nodes.leases.getLast().getSpec().getLeaseDurationSeconds()).isEqualTo(40);
        assertThat(nodes.reports).hasSize(1);
        await().until(() -> {
            time.advance(Duration.ofSeconds(30));
            return nodes.reports.size() == 2;
        });
    }

    @Test
    void registersAnewWhenItsNodeWasDeleted() {
        nodes.giveRange("10.244.0.0/24");
        agent.start();
        await().until(() -> nodes.reports.size() == 1);

        nodes.node = null;

        await().until(() -> {
            time.advance(Duration.ofSeconds(30));
            return nodes.node != null;
        });
    }

    @Test
    void tellsThatItsMachineWasStartedAnewAndLetsTheControllerAttach() {
        nodes.node = new NodeBuilder()
                .withNewMetadata()
                .withName("node-1")
                .endMetadata()
                .withNewStatus()
                .withNewNodeInfo()
                .withBootID("an-earlier-one")
                .endNodeInfo()
                .endStatus()
                .build();
        events.start();
        agent.start();

        await().untilAsserted(() -> assertThat(cluster.events)
                .extracting(event -> event.getType() + " " + event.getReason() + " " + event.getMessage())
                .contains("Warning Rebooted Node node-1 has been rebooted, boot id: node-1"));
        assertThat(nodes.patches
                        .getFirst()
                        .at("/metadata/annotations/volumes.kubernetes.io~1controller-managed-attach-detach")
                        .asString())
                .isEqualTo("true");
    }

    private static final class FakeNodes implements NodeApi {
        private final List<NodeStatus> reports = new CopyOnWriteArrayList<>();
        private final List<ObjectNode> patches = new CopyOnWriteArrayList<>();
        private final List<Lease> leases = new CopyOnWriteArrayList<>();
        private volatile Node node;
        private volatile String range;

        void giveRange(String cidr) {
            range = cidr;
        }

        private Node told() {
            return new NodeBuilder(node)
                    .editMetadata()
                    .withUid("uid")
                    .endMetadata()
                    .editSpec()
                    .withPodCIDR(range)
                    .endSpec()
                    .build();
        }

        @Override
        public Optional<Node> get(String name) {
            return node == null ? Optional.empty() : Optional.of(told());
        }

        @Override
        public Optional<Node> create(Node fresh) {
            node = fresh;
            return Optional.of(told());
        }

        @Override
        public Node patch(String name, ObjectNode patch) {
            patches.add(patch);
            return told();
        }

        @Override
        public Node patchStatus(String name, ObjectNode status) {
            if (node == null) {
                throw new IllegalStateException("nodes \"node-1\" not found");
            }
            reports.add(
                    Serialization.unmarshal(new String(Json.bytes(status), StandardCharsets.UTF_8), NodeStatus.class));
            return told();
        }

        @Override
        public Lease renew(Lease lease) {
            leases.add(lease);
            return lease;
        }
    }
}
