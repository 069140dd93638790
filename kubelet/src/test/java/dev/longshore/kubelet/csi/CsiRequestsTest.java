package dev.longshore.kubelet.csi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.ManualTime;
import dev.longshore.http.grpc.GrpcException;
import dev.longshore.http.grpc.GrpcServer;
import dev.longshore.http.grpc.GrpcService;
import dev.longshore.kubelet.csi.proto.NodeExpandVolumeRequest;
import dev.longshore.kubelet.csi.proto.NodeExpandVolumeResponse;
import dev.longshore.kubelet.csi.proto.NodeGetCapabilitiesResponse;
import dev.longshore.kubelet.csi.proto.NodeGetInfoResponse;
import dev.longshore.kubelet.csi.proto.NodeGetVolumeStatsResponse;
import dev.longshore.kubelet.csi.proto.NodePublishVolumeRequest;
import dev.longshore.kubelet.csi.proto.NodePublishVolumeResponse;
import dev.longshore.kubelet.csi.proto.NodeServiceCapability;
import dev.longshore.kubelet.csi.proto.NodeServiceCapability.Rpc;
import dev.longshore.kubelet.csi.proto.NodeStageVolumeRequest;
import dev.longshore.kubelet.csi.proto.NodeStageVolumeResponse;
import dev.longshore.kubelet.csi.proto.VolumeUsage;
import dev.longshore.kubelet.pods.FakeCluster;
import dev.longshore.kubelet.volumes.Growth;
import dev.longshore.kubelet.volumes.PodContext;
import dev.longshore.kubelet.volumes.VolumeException;
import dev.longshore.kubelet.volumes.VolumeUse;
import dev.longshore.kubelet.volumes.Wanted;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.storage.CSIDriver;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.grpc.Status;
import java.nio.file.Files;
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

/// What drivers are asked and told, over a real socket.
class CsiRequestsTest {

    @TempDir
    Path directory;

    private final ManualTime time = new ManualTime();
    private final FakeCluster config = new FakeCluster();
    private final FakeStorage storage = new FakeStorage();
    private final MountedPlaces mounts = new MountedPlaces();
    private final CsiDrivers drivers = new CsiDrivers("node-1", storage, storage);
    private final List<NodeStageVolumeRequest> staged = new CopyOnWriteArrayList<>();
    private final List<NodePublishVolumeRequest> published = new CopyOnWriteArrayList<>();
    private final List<NodeExpandVolumeRequest> expanded = new CopyOnWriteArrayList<>();
    private volatile Optional<Status.Code> refusal = Optional.empty();
    private CsiVolumes volumes;
    private GrpcServer driver;

    @BeforeEach
    void serve() throws Exception {
        volumes = new CsiVolumes(directory, "node-1", drivers, storage, config, mounts, time);
        driver = GrpcServer.listen(
                directory.resolve("csi.sock"),
                List.of(new GrpcService("csi.v1.Node")
                        .unary(
                                CsiCalls.GET_INFO,
                                request -> NodeGetInfoResponse.newBuilder()
                                        .setNodeId("n1")
                                        .build())
                        .unary(CsiCalls.CAPABILITIES, request -> abilities())
                        .unary(CsiCalls.STAGE, request -> {
                            staged.add(request);
                            return NodeStageVolumeResponse.getDefaultInstance();
                        })
                        .unary(CsiCalls.PUBLISH, request -> {
                            refuse();
                            published.add(request);
                            mounts.add(Path.of(request.getTargetPath()));
                            return NodePublishVolumeResponse.getDefaultInstance();
                        })
                        .unary(CsiCalls.EXPAND, request -> {
                            refuse();
                            expanded.add(request);
                            return NodeExpandVolumeResponse.getDefaultInstance();
                        })
                        .unary(
                                CsiCalls.STATS,
                                request -> NodeGetVolumeStatsResponse.newBuilder()
                                        .addUsage(usage(VolumeUsage.Unit.BYTES, 70, 100, 30))
                                        .addUsage(usage(VolumeUsage.Unit.INODES, 7, 10, 3))
                                        .build())));
        for (String name : List.of("publish", "stage", "expand")) {
            config.secrets.put(name, secret(name));
        }
        drivers.register("d", directory.resolve("csi.sock"), List.of("1.0.0"));
    }

    @AfterEach
    void close() {
        drivers.close();
        driver.close();
    }

    private void refuse() {
        refusal.ifPresent(code -> {
            throw new GrpcException(code, "no");
        });
    }

    private static NodeGetCapabilitiesResponse abilities() {
        var answer = NodeGetCapabilitiesResponse.newBuilder();
        for (Rpc.Type type :
                List.of(Rpc.Type.STAGE_UNSTAGE_VOLUME, Rpc.Type.EXPAND_VOLUME, Rpc.Type.GET_VOLUME_STATS)) {
            answer.addCapabilities(
                    NodeServiceCapability.newBuilder().setRpc(Rpc.newBuilder().setType(type)));
        }
        return answer.build();
    }

    private static VolumeUsage usage(VolumeUsage.Unit unit, long available, long total, long used) {
        return VolumeUsage.newBuilder()
                .setUnit(unit)
                .setAvailable(available)
                .setTotal(total)
                .setUsed(used)
                .build();
    }

    private static Secret secret(String name) {
        return new SecretBuilder().addToData("key", base64("of " + name)).build();
    }

    private static String base64(String text) {
        return java.util.Base64.getEncoder().encodeToString(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    @Test
    void eachCallGetsTheSecretThatIsForIt() throws Exception {
        volumes.mount(pod(), persistent());

        assertThat(staged.getFirst().getSecretsMap()).isEqualTo(Map.of("key", "of stage"));
        assertThat(published.getFirst().getSecretsMap()).isEqualTo(Map.of("key", "of publish"));
        assertThat(published.getFirst().getVolumeContextMap()).isEqualTo(Map.of("colour", "red"));
        assertThat(Files.readString(directory.resolve("pods/uid-one/volumes/kubernetes.io~csi/pv/vol_data.json")))
                .doesNotContain("of stage", "of publish");
    }

    @Test
    void aSecretThatIsMissingIsNamedByItsPlace() {
        config.secrets.remove("stage");

        assertThatThrownBy(() -> volumes.mount(pod(), persistent()))
                .isInstanceOf(VolumeException.class)
                .hasMessage("fetching NodeStageSecretRef vault/stage failed: failed to find the secret stage in the"
                        + " namespace vault with error: secrets \"stage\" not found");
    }

    @Test
    void aVolumeOfThePodsOwnComesWithWhoItIsAndItsTokens() throws Exception {
        rules("""
                podInfoOnMount: true
                attachRequired: false
                volumeLifecycleModes: [Ephemeral]
                tokenRequests: [{audience: vault, expirationSeconds: 600}, {}]
                """);

        volumes.mount(pod(), own());

        assertThat(staged).isEmpty();
        NodePublishVolumeRequest told = published.getFirst();
        assertThat(told.getVolumeId()).matches("csi-[0-9a-f]{64}");
        assertThat(told.getSecretsMap()).isEqualTo(Map.of("key", "of publish"));
        assertThat(told.getVolumeContextMap())
                .containsEntry("csi.storage.k8s.io/pod.name", "one")
                .containsEntry("csi.storage.k8s.io/pod.namespace", "default")
                .containsEntry("csi.storage.k8s.io/pod.uid", "uid-one")
                .containsEntry("csi.storage.k8s.io/serviceAccount.name", "robot")
                .containsEntry("csi.storage.k8s.io/ephemeral", "true");
        assertThat(told.getVolumeContextOrThrow("csi.storage.k8s.io/serviceAccount.tokens"))
                .startsWith("{\"vault\":{\"token\":")
                .contains("\"\":{\"token\":");
    }

    @Test
    void tokensGoAmongTheSecretsWhereTheDriverWantsThemThere() throws Exception {
        rules("attachRequired: false\ntokenRequests: [{audience: vault}]\nserviceAccountTokenInSecrets: true");

        volumes.mount(pod(), persistent());

        assertThat(published.getFirst().getSecretsMap()).containsKey("csi.storage.k8s.io/serviceAccount.tokens");
        assertThat(published.getFirst().getVolumeContextMap()).isEqualTo(Map.of("colour", "red"));
    }

    @Test
    void isPublishedAgainEachMinuteWhereTheDriverWantsIt() throws Exception {
        rules("attachRequired: false\nrequiresRepublish: true");
        volumes.mount(pod(), persistent());
        time.advance(Duration.ofSeconds(59));
        volumes.mount(pod(), persistent());
        assertThat(published).hasSize(1);

        time.advance(Duration.ofSeconds(2));
        volumes.mount(pod(), persistent());

        assertThat(published).hasSize(2);
        assertThat(staged).hasSize(1);
        rules("attachRequired: false");
        time.advance(Duration.ofMinutes(2));
        volumes.mount(pod(), persistent());
        assertThat(published).hasSize(2);
    }

    @Test
    void growsWhereItStands() throws Exception {
        volumes.mount(pod(), persistent());

        assertThat(grow()).hasValue(new Growth.Done());

        NodeExpandVolumeRequest asked = expanded.getFirst();
        assertThat(asked.getVolumeId()).isEqualTo("h");
        assertThat(asked.getVolumePath()).isEqualTo(published.getFirst().getTargetPath());
        assertThat(asked.getStagingTargetPath()).isEqualTo(staged.getFirst().getStagingTargetPath());
        assertThat(asked.getCapacityRange().getRequiredBytes()).isEqualTo(2L << 30);
        assertThat(asked.getSecretsMap()).isEqualTo(Map.of("key", "of expand"));
    }

    @Test
    void growthThatFailsIsToldFromGrowthThatCannotBe() throws Exception {
        assertThat(grow()).hasValue(new Growth.Later());
        volumes.mount(pod(), persistent());
        refusal = Optional.of(Status.Code.OUT_OF_RANGE);
        assertThat(grow())
                .hasValue(new Growth.Failed(
                        "Expander.NodeExpand failed to expand the volume rpc error: code = OutOfRange desc = no",
                        true));
        refusal = Optional.of(Status.Code.INTERNAL);
        assertThat(grow())
                .hasValue(new Growth.Failed(
                        "Expander.NodeExpand failed to expand the volume : rpc error: code = Internal desc = no",
                        false));
        refusal = Optional.of(Status.Code.FAILED_PRECONDITION);
        assertThat(grow()).hasValue(new Growth.Later());
    }

    private Optional<Growth> grow() throws InterruptedException {
        return volumes.grow(pod().pod(), volume(), new Quantity("2Gi"));
    }

    @Test
    void tellsWhatIsUsedOfAVolumeByThePodsNameForIt() throws Exception {
        volumes.mount(pod(), persistent());

        assertThat(volumes.use("uid-one", "data")).hasValue(new VolumeUse(100, 70, 30, 10, 7, 3, Optional.empty()));
        assertThat(volumes.use("uid-one", "pv")).isEmpty();
        assertThat(volumes.use("uid-two", "data")).isEmpty();
    }

    private void rules(String spec) {
        storage.rules = Serialization.unmarshal("spec:\n" + spec.indent(2), CSIDriver.class);
    }

    private static PodContext pod() {
        return new PodContext(Serialization.unmarshal("""
                        metadata: {name: one, namespace: default, uid: uid-one}
                        spec: {serviceAccountName: robot}
                        """, Pod.class), List.of(), List.of(), Map.of());
    }

    private static Wanted own() {
        return new Wanted(
                Serialization.unmarshal(
                        "name: own\ncsi: {driver: d, nodePublishSecretRef: {name: publish}}",
                        io.fabric8.kubernetes.api.model.Volume.class),
                Optional.empty(),
                Optional.empty(),
                false);
    }

    private static Wanted persistent() {
        return new Wanted(
                new VolumeBuilder()
                        .withName("data")
                        .withNewPersistentVolumeClaim("claim", false)
                        .build(),
                Optional.of(new PersistentVolumeClaim()),
                Optional.of(volume()),
                false);
    }

    private static PersistentVolume volume() {
        return Serialization.unmarshal("""
                metadata: {name: pv}
                spec:
                  accessModes: [ReadWriteOnce]
                  csi:
                    driver: d
                    volumeHandle: h
                    volumeAttributes: {colour: red}
                    nodePublishSecretRef: {namespace: vault, name: publish}
                    nodeStageSecretRef: {namespace: vault, name: stage}
                    nodeExpandSecretRef: {namespace: vault, name: expand}
                """, PersistentVolume.class);
    }
}
