package dev.longshore.kubelet.csi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.ManualTime;
import dev.longshore.http.grpc.GrpcException;
import dev.longshore.http.grpc.GrpcServer;
import dev.longshore.http.grpc.GrpcService;
import dev.longshore.kubelet.csi.proto.NodeGetCapabilitiesResponse;
import dev.longshore.kubelet.csi.proto.NodeGetInfoResponse;
import dev.longshore.kubelet.csi.proto.NodePublishVolumeResponse;
import dev.longshore.kubelet.csi.proto.NodeServiceCapability;
import dev.longshore.kubelet.csi.proto.NodeServiceCapability.Rpc;
import dev.longshore.kubelet.csi.proto.NodeStageVolumeResponse;
import dev.longshore.kubelet.csi.proto.NodeUnpublishVolumeResponse;
import dev.longshore.kubelet.csi.proto.NodeUnstageVolumeResponse;
import dev.longshore.kubelet.csi.proto.Topology;
import dev.longshore.kubelet.pods.FakeCluster;
import dev.longshore.kubelet.volumes.MountedVolume;
import dev.longshore.kubelet.volumes.PodContext;
import dev.longshore.kubelet.volumes.VolumeException;
import dev.longshore.kubelet.volumes.Wanted;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.storage.CSIDriver;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.grpc.Status;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsiVolumesTest {

    @TempDir
    Path directory;

    private final ManualTime time = new ManualTime();
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final MountedPlaces mounted = new MountedPlaces();
    private final FakeStorage cluster = new FakeStorage();
    private CsiDrivers drivers = new CsiDrivers("node-1", cluster, cluster);
    private CsiVolumes volumes;
    private GrpcServer driver;
    private volatile boolean refuses;
    private volatile int room = 3;

    @BeforeEach
    void serve() throws Exception {
        volumes = volumes();
        driver = GrpcServer.listen(
                directory.resolve("csi.sock"),
                List.of(new GrpcService("csi.v1.Node")
                        .unary(
                                CsiCalls.GET_INFO,
                                request -> NodeGetInfoResponse.newBuilder()
                                        .setNodeId("n1")
                                        .setMaxVolumesPerNode(room)
                                        .setAccessibleTopology(
                                                Topology.newBuilder().putSegments("d/zone", "z"))
                                        .build())
                        .unary(
                                CsiCalls.CAPABILITIES,
                                request -> NodeGetCapabilitiesResponse.newBuilder()
                                        .addCapabilities(NodeServiceCapability.newBuilder()
                                                .setRpc(Rpc.newBuilder().setType(Rpc.Type.STAGE_UNSTAGE_VOLUME)))
                                        .build())
                        .unary(CsiCalls.STAGE, request -> {
                            calls.add("stage");
                            return NodeStageVolumeResponse.getDefaultInstance();
                        })
                        .unary(CsiCalls.PUBLISH, request -> {
                            if (refuses) {
                                throw new GrpcException(Status.Code.INTERNAL, "no such disk");
                            }
                            calls.add("publish");
                            mounted.add(Path.of(request.getTargetPath()));
                            return NodePublishVolumeResponse.getDefaultInstance();
                        })
                        .unary(CsiCalls.UNPUBLISH, request -> {
                            calls.add("unpublish");
                            mounted.remove(Path.of(request.getTargetPath()));
                            return NodeUnpublishVolumeResponse.getDefaultInstance();
                        })
                        .unary(CsiCalls.UNSTAGE, request -> {
                            calls.add("unstage");
                            return NodeUnstageVolumeResponse.getDefaultInstance();
                        })));
    }

    @AfterEach
    void close() {
        driver.close();
        drivers.close();
    }

    private CsiVolumes volumes() {
        return new CsiVolumes(directory, "node-1", drivers, cluster, new FakeCluster(), mounted, time);
    }

    private void register() throws InterruptedException {
        drivers.register("d", directory.resolve("csi.sock"), List.of("1.0.0"));
    }

    @Test
    void theClusterIsToldOfADriverAndOfItsEnd() throws Exception {
        register();

        assertThat(cluster.csi.getSpec().getDrivers()).singleElement().satisfies(told -> {
            assertThat(told.getNodeID()).isEqualTo("n1");
            assertThat(told.getAllocatable().getCount()).isEqualTo(3);
            assertThat(told.getTopologyKeys()).containsExactly("d/zone");
        });
        assertThat(cluster.patch.at("/metadata/labels/d~1zone").asString()).isEqualTo("z");
        assertThat(cluster.patch
                        .at("/metadata/annotations/csi.volume.kubernetes.io~1nodeid")
                        .asString())
                .isEqualTo("{\"d\":\"n1\"}");

        drivers.deregister("d", directory.resolve("csi.sock"));

        assertThat(cluster.csi.getSpec().getDrivers()).isEmpty();
    }

    @Test
    void howManyVolumesThereIsRoomForIsAskedAgainAsOftenAsTheDriverWants() throws Exception {
        register();
        var upkeep = new AllocatableUpkeep(drivers, cluster, time);
        room = 2;
        cluster.rules = Serialization.unmarshal("spec: {nodeAllocatableUpdatePeriodSeconds: 60}", CSIDriver.class);

        upkeep.look();
        time.advance(Duration.ofSeconds(59));
        upkeep.look();
        assertThat(told()).isEqualTo(3);

        time.advance(Duration.ofSeconds(1));
        upkeep.look();
        assertThat(told()).isEqualTo(2);

        room = 1;
        cluster.rules = Serialization.unmarshal("spec: {}", CSIDriver.class);
        time.advance(Duration.ofMinutes(10));
        upkeep.look();
        assertThat(told()).isEqualTo(2);
    }

    private int told() {
        return cluster.csi.getSpec().getDrivers().getFirst().getAllocatable().getCount();
    }

    @Test
    void isStagedOnceForAllPodsAndUnstagedAfterTheLast() throws Exception {
        register();

        volumes.mount(pod("one"), wanted());
        MountedVolume second = volumes.mount(pod("two"), wanted());
        volumes.mount(pod("two"), wanted());

        assertThat(second)
                .isEqualTo(new MountedVolume.Files(
                        directory.resolve("pods/uid-two/volumes/kubernetes.io~csi/pv/mount"), false));
        assertThat(calls).containsExactly("stage", "publish", "publish");
        assertThat(volumes.pods()).containsExactlyInAnyOrder("uid-one", "uid-two");
        volumes.unmount("uid-one");
        assertThat(calls).endsWith("publish", "unpublish");
        volumes.unmount("uid-two");
        assertThat(calls).endsWith("unpublish", "unstage");
        assertThat(volumes.pods()).isEmpty();
    }

    @Test
    void whatAnEarlierKubeletPutInPlaceStays() throws Exception {
        register();
        volumes.mount(pod("one"), wanted());

        drivers.close();
        drivers = new CsiDrivers("node-1", cluster, cluster);
        CsiVolumes next = volumes();

        assertThat(next.mount(pod("one"), wanted())).isInstanceOf(MountedVolume.Files.class);
        assertThat(calls).containsExactly("stage", "publish");
        assertThatThrownBy(() -> next.unmount("uid-one"))
                .isInstanceOf(VolumeException.class)
                .hasMessage("driver name d not found in the list of registered CSI drivers");
        register();
        next.unmount("uid-one");
        assertThat(calls).endsWith("unpublish", "unstage");
    }

    @Test
    void afterARebootItIsPutInPlaceAnew() throws Exception {
        register();
        volumes.mount(pod("one"), wanted());
        mounted.clear();

        volumes().mount(pod("one"), wanted());

        assertThat(calls).containsExactly("stage", "publish", "stage", "publish");
    }

    @Test
    void whatADriverRefusesIsQuoted() throws Exception {
        register();
        refuses = true;

        assertThatThrownBy(() -> volumes.mount(pod("one"), wanted()))
                .isInstanceOf(VolumeException.class)
                .hasMessage("rpc error: code = Internal desc = no such disk");

        refuses = false;
        volumes.mount(pod("one"), wanted());
        assertThat(calls).containsExactly("stage", "publish");
    }

    private static PodContext pod(String name) {
        return new PodContext(
                new PodBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace("default")
                        .withUid("uid-" + name)
                        .endMetadata()
                        .withNewSpec()
                        .endSpec()
                        .build(),
                List.of(),
                List.of(),
                Map.of());
    }

    private static Wanted wanted() {
        return new Wanted(
                new VolumeBuilder()
                        .withName("data")
                        .withNewPersistentVolumeClaim("claim", false)
                        .build(),
                Optional.of(new PersistentVolumeClaim()),
                Optional.of(Serialization.unmarshal("""
                        metadata: {name: pv}
                        spec: {accessModes: [ReadWriteOnce], csi: {driver: d, volumeHandle: h}}
                        """, PersistentVolume.class)),
                false);
    }
}
