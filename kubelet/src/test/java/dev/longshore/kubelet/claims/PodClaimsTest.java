package dev.longshore.kubelet.claims;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.longshore.base.ManualTime;
import dev.longshore.http.grpc.Conversation;
import dev.longshore.http.grpc.GrpcServer;
import dev.longshore.http.grpc.GrpcService;
import dev.longshore.kubelet.claims.health.DeviceHealth;
import dev.longshore.kubelet.claims.health.DeviceIdentifier;
import dev.longshore.kubelet.claims.health.HealthStatus;
import dev.longshore.kubelet.claims.health.NodeWatchResourcesRequest;
import dev.longshore.kubelet.claims.health.NodeWatchResourcesResponse;
import dev.longshore.kubelet.claims.proto.Claim;
import dev.longshore.kubelet.claims.proto.Device;
import dev.longshore.kubelet.claims.proto.NodePrepareResourceResponse;
import dev.longshore.kubelet.claims.proto.NodePrepareResourcesResponse;
import dev.longshore.kubelet.claims.proto.NodeUnprepareResourceResponse;
import dev.longshore.kubelet.claims.proto.NodeUnprepareResourcesResponse;
import dev.longshore.kubelet.cluster.ClaimApi;
import dev.longshore.kubelet.devices.ContainerDevices;
import dev.longshore.kubelet.devices.DeviceException;
import dev.longshore.kubelet.devices.listing.DynamicResource;
import dev.longshore.kubelet.plugins.PluginException;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ResourceHealth;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PodClaimsTest {

    private static final String DRIVER = "d.example.com";

    @TempDir
    Path directory;

    private final ManualTime time = new ManualTime();
    private final Cluster cluster = new Cluster();
    private final ClaimHealth health = new ClaimHealth(time);
    private final ClaimDrivers drivers = new ClaimDrivers(health);
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private PodClaims claims;
    private GrpcServer driver;
    private final BlockingQueue<NodeWatchResourcesResponse> news = new LinkedBlockingQueue<>(10);
    private volatile boolean isEnding;
    private volatile String error = "";

    @BeforeEach
    void serve() throws Exception {
        claims = claims();
        driver = serve(DriverService.V1);
        drivers.register(DRIVER, socket(), List.of("v1.DRAPlugin", "v1beta1.DRAPlugin"));
    }

    @AfterEach
    void close() {
        drivers.close();
        end();
    }

    private Path socket() {
        return directory.resolve("dra.sock");
    }

    private PodClaims claims() {
        var fresh = new PodClaims(drivers, cluster, directory);
        fresh.load();
        return fresh;
    }

    /// A server waits for the calls that it is answering.
    private void end() {
        isEnding = true;
        driver.close();
    }

    private GrpcServer serve(DriverService service) throws Exception {
        isEnding = false;
        return GrpcServer.listen(
                socket(),
                List.of(
                        new GrpcService("v1alpha1.DRAResourceHealth").answersMany(ClaimHealth.WATCH, this::tell),
                        new GrpcService(service.fullName())
                                .unary(service.prepare(), request -> {
                                    var answer = NodePrepareResourcesResponse.newBuilder();
                                    request.getClaimsList().forEach(claim -> {
                                        calls.add("prepare " + claim.getName());
                                        answer.putClaims(claim.getUid(), prepared(claim));
                                    });
                                    return answer.build();
                                })
                                .unary(service.unprepare(), request -> {
                                    var answer = NodeUnprepareResourcesResponse.newBuilder();
                                    request.getClaimsList().forEach(claim -> {
                                        calls.add("unprepare " + claim.getName());
                                        answer.putClaims(
                                                claim.getUid(),
                                                NodeUnprepareResourceResponse.newBuilder()
                                                        .setError(error)
                                                        .build());
                                    });
                                    return answer.build();
                                })));
    }

    private void tell(
            NodeWatchResourcesRequest request, Conversation<NodeWatchResourcesRequest, NodeWatchResourcesResponse> to)
            throws InterruptedException {
        while (!isEnding) {
            NodeWatchResourcesResponse next = news.poll(50, TimeUnit.MILLISECONDS);
            if (next != null) {
                to.send(next);
            }
        }
    }

    private static NodeWatchResourcesResponse sick(String device, String why) {
        return NodeWatchResourcesResponse.newBuilder()
                .addDevices(DeviceHealth.newBuilder()
                        .setDevice(DeviceIdentifier.newBuilder()
                                .setPoolName("pool")
                                .setDeviceName(device))
                        .setHealth(HealthStatus.UNHEALTHY)
                        .setMessage(why))
                .build();
    }

    private NodePrepareResourceResponse prepared(Claim claim) {
        return NodePrepareResourceResponse.newBuilder()
                .setError(error)
                .addDevices(Device.newBuilder()
                        .setPoolName("pool")
                        .setDeviceName("one")
                        .addRequestNames("first")
                        .addCdiDeviceIds("example.com/class=" + claim.getName() + "-one"))
                .addDevices(Device.newBuilder()
                        .setPoolName("pool")
                        .setDeviceName("all")
                        .setShareId("share")
                        .addCdiDeviceIds("example.com/class=all"))
                .build();
    }

    @Test
    void containersGetWhatTheirRequestsStandFor() throws Exception {
        cluster.reserved("gpu", "uid-a");

        claims.prepare(pod("a", "gpu"));

        assertThat(claims.cdi(pod("a", "gpu"), container("a", "gpu", 0)))
                .containsExactly("example.com/class=gpu-one", "example.com/class=all");
        assertThat(claims.cdi(pod("a", "gpu"), container("a", "gpu", 1))).containsExactly("example.com/class=all");
        assertThat(claims.cdi(pod("a", "gpu"), container("a", "gpu", 2))).isEmpty();
        assertThat(new ClaimedDevices(ContainerDevices.NONE, claims, health)
                        .of(pod("a", "gpu"), container("a", "gpu", 0))
                        .cdi())
                .hasSize(2);
        DynamicResource listed = ClaimListing.of(claims, pod("a", "gpu"), container("a", "gpu", 0))
                .getFirst();
        assertThat(listed.getClaimName()).isEqualTo("gpu");
        assertThat(listed.getClaimResources(1).getShareId()).isEqualTo("share");
        assertThat(listed.getClaimResources(0).getCdiDevices(0).getName()).isEqualTo("example.com/class=gpu-one");
    }

    @Test
    void statusesTellHowDevicesAreForAsLongAsTheDriverSaysSo() throws Exception {
        cluster.reserved("gpu", "uid-a");
        claims.prepare(pod("a", "gpu"));
        var devices = new ClaimedDevices(ContainerDevices.NONE, claims, health);
        var woken = new CopyOnWriteArrayList<String>();
        devices.onChange(woken::add);
        assertThat(devices.status(pod("a", "gpu"), container("a", "gpu", 2))).isEmpty();
        assertThat(devices.status(pod("a", "gpu"), container("a", "gpu", 1)))
                .singleElement()
                .satisfies(status -> {
                    assertThat(status.getName()).isEqualTo("claim:device/second");
                    assertThat(status.getResources())
                            .containsExactly(new ResourceHealth("Unknown", null, "example.com/class=all"));
                });

        news.add(sick("one", "too hot"));

        await().until(() -> woken.contains("uid-a"));
        assertThat(devices.status(pod("a", "gpu"), container("a", "gpu", 0))
                        .getFirst()
                        .getResources())
                .containsExactly(
                        new ResourceHealth("Unhealthy", "too hot", "example.com/class=gpu-one"),
                        new ResourceHealth("Unknown", null, "example.com/class=all"));
        time.advance(Duration.ofSeconds(31));
        assertThat(devices.status(pod("a", "gpu"), container("a", "gpu", 0))
                        .getFirst()
                        .getResources())
                .extracting(ResourceHealth::getHealth)
                .containsExactly("Unknown", "Unknown");
    }

    @Test
    void isPreparedForTheFirstPodAndLetGoWithTheLast() throws Exception {
        cluster.reserved("gpu", "uid-a", "uid-b");

        claims.prepare(pod("a", "gpu"));
        claims.prepare(pod("b", "gpu"));
        claims.prepare(pod("b", "gpu"));
        claims.unprepare("uid-a");

        assertThat(calls).containsExactly("prepare gpu");
        claims.unprepare("uid-b");
        claims.unprepare("uid-b");
        assertThat(calls).containsExactly("prepare gpu", "unprepare gpu");
        assertThat(claims.pods()).isEmpty();
    }

    @Test
    void theNextKubeletKnowsWhatIsPrepared() throws Exception {
        cluster.reserved("gpu", "uid-a");
        claims.prepare(pod("a", "gpu"));

        PodClaims next = claims();

        assertThat(next.cdi(pod("a", "gpu"), container("a", "gpu", 1))).containsExactly("example.com/class=all");
        assertThat(next.pods()).containsExactly("uid-a");
        next.unprepare("uid-a");
        assertThat(calls).containsExactly("prepare gpu", "unprepare gpu");
        assertThat(claims().pods()).isEmpty();
        Path file = directory.resolve("dra_manager_state");
        assertThat(Files.readString(file)).contains("checkpoint.dra.kubelet.k8s.io/v1");
        Files.writeString(file, Files.readString(file).replace("DRACheckpoint", "DRACheckp0int"));
        assertThat(claims().pods()).isEmpty();
    }

    @Test
    void whatCannotBeHadIsSaidAndHoldsNothing() throws Exception {
        assertThatThrownBy(() -> claims.prepare(pod("a", "gpu")))
                .isInstanceOf(DeviceException.class)
                .hasMessage("fetch ResourceClaim gpu: resourceclaims.resource.k8s.io \"gpu\" not found");
        cluster.reserved("gpu", "uid-b");
        assertThatThrownBy(() -> claims.prepare(pod("a", "gpu")))
                .hasMessage("pod a (uid-a) is not allowed to use ResourceClaim gpu (uid-gpu)");
        cluster.reserved("gpu", "uid-a");
        drivers.deregister(DRIVER, socket());
        assertThatThrownBy(() -> claims.prepare(pod("a", "gpu")))
                .hasMessage("DRA driver d.example.com is not registered");

        assertThat(claims.pods()).isEmpty();
    }

    @Test
    void whatADriverRefusesIsTriedAgain() throws Exception {
        cluster.reserved("gpu", "uid-a");
        error = "on fire";
        assertThatThrownBy(() -> claims.prepare(pod("a", "gpu")))
                .hasMessage("NodePrepareResources failed for ResourceClaim gpu: on fire");
        error = "";
        claims.prepare(pod("a", "gpu"));
        error = "in use";
        assertThatThrownBy(() -> claims.unprepare("uid-a"))
                .hasMessage("NodeUnprepareResources failed for ResourceClaim gpu: in use");
        error = "";
        claims.unprepare("uid-a");

        assertThat(calls).containsExactly("prepare gpu", "prepare gpu", "unprepare gpu", "unprepare gpu");
    }

    @Test
    void olderDriversAreAskedInTheirOwnVersion() throws Exception {
        cluster.reserved("gpu", "uid-a");
        drivers.deregister(DRIVER, socket());
        end();
        driver = serve(DriverService.V1BETA1);
        drivers.register(DRIVER, socket(), List.of("v1alpha3.DRAPlugin", "v1beta1.DRAPlugin"));

        claims.prepare(pod("a", "gpu"));

        assertThat(calls).containsExactly("prepare gpu");
        assertThatThrownBy(() -> drivers.register("other", socket(), List.of("v1alpha4.Node")))
                .isInstanceOf(PluginException.class)
                .hasMessageEndingWith("none of services supported by the plugin ([\"v1alpha4.Node\"]) are supported by"
                        + " the kubelet ([\"v1.DRAPlugin\" \"v1beta1.DRAPlugin\"])");
    }

    @Test
    void whatVanishedDriversOfferedIsWithdrawnAndPodsThatAreNoMoreGiveBack() throws Exception {
        cluster.reserved("gpu", "uid-a");
        claims.prepare(pod("a", "gpu"));
        var upkeep = new ClaimUpkeep(drivers, claims, cluster, time);
        try {
            upkeep.start(() -> Optional.of(Set.of("uid-other")));

            eventually(() -> calls.contains("unprepare gpu"));
            assertThat(cluster.withdrawn).containsExactly("");
            end();
            eventually(() -> cluster.withdrawn.contains(DRIVER));
            drivers.deregister(DRIVER, socket());
            driver = serve(DriverService.V1);
            drivers.register(DRIVER, socket(), List.of("v1.DRAPlugin"));
            end();
            eventually(() -> cluster.withdrawn.size() == 3);
        } finally {
            upkeep.close();
        }
    }

    private void eventually(java.util.concurrent.Callable<Boolean> condition) {
        await().until(() -> {
            time.advance(Duration.ofSeconds(1));
            return condition.call();
        });
    }

    private static Pod pod(String name, String claim) {
        return Serialization.unmarshal("""
                metadata: {name: %s, namespace: default, uid: uid-%s}
                spec:
                  resourceClaims: [{name: device, resourceClaimName: %s}]
                  containers:
                  - {name: whole, resources: {claims: [{name: device}]}}
                  - {name: part, resources: {claims: [{name: device, request: second}]}}
                  - {name: none}
                """.formatted(name, name, claim), Pod.class);
    }

    private static io.fabric8.kubernetes.api.model.Container container(String name, String claim, int index) {
        return pod(name, claim).getSpec().getContainers().get(index);
    }

    private static final class Cluster implements ClaimApi {
        private final Map<String, ResourceClaim> claims = new ConcurrentHashMap<>();
        private final List<String> withdrawn = new CopyOnWriteArrayList<>();

        void reserved(String name, String... pods) {
            ResourceClaim claim = Serialization.unmarshal("""
                    metadata: {name: %s, namespace: default, uid: uid-%s}
                    status:
                      allocation:
                        devices: {results: [{driver: d.example.com, pool: pool, device: one, request: first}]}
                    """.formatted(name, name), ResourceClaim.class);
            for (String pod : pods) {
                claim.getStatus()
                        .getReservedFor()
                        .add(Serialization.unmarshal(
                                "resource: pods\nname: x\nuid: " + pod,
                                io.fabric8.kubernetes.api.model.resource.v1.ResourceClaimConsumerReference.class));
            }
            claims.put(name, claim);
        }

        @Override
        public Optional<ResourceClaim> claim(String namespace, String name) {
            return Optional.ofNullable(claims.get(name));
        }

        @Override
        public void withdraw(String driver) {
            withdrawn.add(driver);
        }
    }
}
