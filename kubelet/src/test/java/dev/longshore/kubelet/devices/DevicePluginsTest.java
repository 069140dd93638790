package dev.longshore.kubelet.devices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.longshore.base.Digest;
import dev.longshore.base.ManualTime;
import dev.longshore.http.grpc.GrpcClient;
import dev.longshore.http.grpc.GrpcMethod;
import dev.longshore.http.grpc.GrpcServer;
import dev.longshore.kubelet.devices.ExtendedResources.Count;
import dev.longshore.kubelet.devices.listing.ListPodResourcesRequest;
import dev.longshore.kubelet.devices.listing.ListPodResourcesResponse;
import dev.longshore.kubelet.topology.Hint;
import dev.longshore.kubelet.topology.NumaNodes;
import dev.longshore.runtime.ContainerOptions;
import dev.longshore.runtime.ContainerResources;
import dev.longshore.runtime.ContainerSecurity;
import dev.longshore.runtime.ContainerSpec;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DevicePluginsTest {

    @TempDir
    Path directory;

    private final ManualTime time = new ManualTime();
    private DevicePlugins plugins;
    private PluginDevices devices;
    private FakePlugin plugin;

    @BeforeEach
    void open() throws Exception {
        plugins = new DevicePlugins(directory, time);
        plugins.start();
        devices = new PluginDevices(plugins, NumaNodes.of(List.of(0, 1)));
        plugin = new FakePlugin(directory);
    }

    @AfterEach
    void close() {
        // In this order, since a plugin that somebody still listens to takes its time to go.
        plugins.close();
        plugin.close();
    }

    private Count count() {
        return plugins.counts().getOrDefault(FakePlugin.RESOURCE, new Count(-1, -1));
    }

    private void offer(String... ids) throws InterruptedException {
        plugin.with(ids).register();
        await().until(() -> count().all() == ids.length);
    }

    @Test
    void countsWhatAPluginOffersAndFollowsItsHealth() throws Exception {
        offer("a", "b", "-c");
        assertThat(count()).isEqualTo(new Count(3, 2));

        plugin.with("a", "-b", "-c");

        await().until(() -> count().equals(new Count(3, 1)));
        plugin.close();
        await().until(() -> count().equals(new Count(3, 0)));
        time.advance(Duration.ofMinutes(5));
        assertThat(count()).isEqualTo(new Count(0, 0));
    }

    @Test
    void givesWhatThePluginPrefersWithAllThatBelongsToIt() throws Exception {
        offer("a", "b", "c");

        assertThat(devices.admit(pod("one", 2))).isEmpty();
        devices.beforeStart(pod("one", 2), "main");

        Grant grant = given("one");
        assertThat(plugin.calls).containsExactly("allocate [b, c]", "start [b, c]");
        assertThat(grant.devices())
                .extracting(ContainerOptions.Device::containerPath)
                .containsExactlyInAnyOrder("/dev/b", "/dev/c");
        ContainerSpec spec = grant.onto(plain(Map.of("THINGS", "mine", "OWN", "yes")));
        assertThat(spec.env()).containsEntry("THINGS", "mine").containsEntry("OWN", "yes");
        assertThat(spec.options().devices()).hasSize(2);
        assertThat(spec.annotations().get("cdi.k8s.io/kubelet").split(","))
                .containsExactlyInAnyOrder("example.com/thing=b", "example.com/thing=c");
    }

    @Test
    void givesNoDeviceTwiceAndSaysHowManyThereAre() throws Exception {
        offer("a", "b", "c");
        assertThat(devices.admit(pod("one", 2))).isEmpty();

        assertThat(devices.admit(pod("two", 2)))
                .hasValue("Allocate failed due to requested number of devices unavailable for example.com/thing."
                        + " Requested: 2, Available: 1, which is unexpected");
        assertThat(given("two")).isEqualTo(Grant.NOTHING);

        devices.release("uid-one");
        assertThat(devices.admit(pod("two", 2))).isEmpty();
    }

    @Test
    void aPluginThatRefusesIsQuotedAndNothingIsTaken() throws Exception {
        offer("a");
        plugin.refuses = true;

        assertThat(devices.admit(pod("one", 1)))
                .hasValue("Allocate failed due to rpc error: code = InvalidArgument desc = not today,"
                        + " which is unexpected");
        plugin.refuses = false;
        assertThat(devices.admit(pod("two", 1))).isEmpty();
    }

    @Test
    void devicesSayWhereTheyAreAndComeFromWhereTheyAreWanted() throws Exception {
        offer("a@0", "b@1", "c@1", "d@1");
        Pod two = pod("two", 2);
        Container main = two.getSpec().getContainers().getFirst();

        assertThat(devices.hints(two, main).get(FakePlugin.RESOURCE))
                .containsExactly(Hint.of(new NumaNodes(0b10), true), Hint.of(new NumaNodes(0b11), false));
        assertThat(devices.give(two, main, Optional.of(new NumaNodes(0b10)))).isEmpty();
        assertThat(plugin.calls).containsExactly("allocate [c, d]");
        assertThat(devices.hints(two, main).get(FakePlugin.RESOURCE))
                .as("what it has")
                .containsExactly(Hint.of(new NumaNodes(0b10), true), Hint.of(new NumaNodes(0b11), false));

        Pod one = pod("one", 1);
        assertThat(devices.give(one, one.getSpec().getContainers().getFirst(), Optional.of(new NumaNodes(0b01))))
                .isEmpty();
        assertThat(plugin.calls).last().isEqualTo("allocate [a]");
        assertThat(devices.hints(pod("three", 2)).get(FakePlugin.RESOURCE))
                .as("one is left")
                .isEmpty();
    }

    @Test
    void mainContainersGetWhatInitContainersHadBefore() throws Exception {
        offer("a", "b");

        assertThat(devices.admit(Serialization.unmarshal("""
                metadata: {name: p, namespace: n, uid: uid-p}
                spec:
                  initContainers: [{name: first, resources: {limits: {example.com/thing: 1}}}]
                  containers: [{name: main, resources: {limits: {example.com/thing: 2}}}]
                """, Pod.class))).isEmpty();

        assertThat(plugin.calls).containsExactly("allocate [b]", "allocate [a, b]");
    }

    @Test
    void statusesTellHowDevicesAreAndFollowTheirHealth() throws Exception {
        var woken = new java.util.concurrent.CopyOnWriteArrayList<String>();
        devices.onChange(woken::add);
        offer("a", "b");
        Pod pod = pod("one", 2);
        assertThat(devices.admit(pod)).isEmpty();
        assertThat(healths(pod)).containsExactly("a Healthy", "b Healthy");

        plugin.with("a", "-b");

        await().until(() -> woken.contains("uid-one"));
        assertThat(healths(pod)).containsExactly("a Healthy", "b Unhealthy");
        plugin.close();
        await().until(() -> healths(pod).contains("a Unhealthy"));
    }

    private List<String> healths(Pod pod) {
        var status =
                devices.status(pod, pod.getSpec().getContainers().getFirst()).getFirst();
        assertThat(status.getName()).isEqualTo(FakePlugin.RESOURCE);
        return status.getResources().stream()
                .map(device -> device.getResourceID() + " " + device.getHealth())
                .toList();
    }

    @Test
    void theNextKubeletKnowsWhoHasWhat() throws Exception {
        offer("a", "b");
        assertThat(devices.admit(pod("one", 1))).isEmpty();
        Grant before = given("one");
        plugins.close();

        plugins = new DevicePlugins(directory, time);
        plugins.start();
        devices = new PluginDevices(plugins, NumaNodes.of(List.of(0, 1)));

        assertThat(Files.exists(directory.resolve("thing.sock")))
                .as("plugins see by this that they are to register anew")
                .isFalse();
        assertThat(given("one")).isEqualTo(before);
        assertThat(count()).isEqualTo(new Count(0, 0));
        plugin.close();
        plugin = new FakePlugin(directory);
        offer("a", "b");
        assertThat(devices.admit(pod("one", 1))).isEmpty();
        assertThat(devices.admit(pod("two", 1))).isEmpty();
        assertThat(plugin.calls).containsExactly("allocate [a]");
    }

    @Test
    void refusesOtherVersionsAndNamesThatAreNone() {
        assertThatThrownBy(() -> plugin.register("v1alpha", FakePlugin.RESOURCE))
                .hasMessage("requested API version \"v1alpha\" is not supported by kubelet."
                        + " Supported version is \"v1beta1\"");
        assertThatThrownBy(() -> plugin.register("v1beta1", "kubernetes.io/thing"))
                .hasMessage("the ResourceName \"kubernetes.io/thing\" is invalid");
    }

    @Test
    void monitorsAreToldWhoHasWhat() throws Exception {
        offer("a");
        Pod pod = pod("one", 1);
        assertThat(devices.admit(pod)).isEmpty();
        Path socket = directory.resolve("resources.sock");
        var service = new PodResourcesService(plugins, (whose, container) -> List.of(), () -> List.of(pod)).service();
        try (GrpcServer server = GrpcServer.listen(socket, List.of(service));
                GrpcClient client = GrpcClient.to(socket)) {
            assertThat(server).isNotNull();
            ListPodResourcesResponse answer = client.call(
                    GrpcMethod.unary(
                            "v1.PodResourcesLister/List",
                            ListPodResourcesRequest.getDefaultInstance(),
                            ListPodResourcesResponse.getDefaultInstance()),
                    ListPodResourcesRequest.getDefaultInstance(),
                    Duration.ofSeconds(20));

            assertThat(answer.getPodResources(0).getContainers(0).getDevicesList())
                    .singleElement()
                    .satisfies(given -> {
                        assertThat(given.getResourceName()).isEqualTo(FakePlugin.RESOURCE);
                        assertThat(given.getDeviceIdsList()).containsExactly("a");
                    });
        }
    }

    private Grant given(String name) {
        Pod pod = pod(name, 1);
        return devices.of(pod, pod.getSpec().getContainers().getFirst());
    }

    private static Pod pod(String name, int count) {
        return Serialization.unmarshal("""
                metadata: {name: %s, namespace: n, uid: uid-%s}
                spec:
                  containers: [{name: main, resources: {limits: {cpu: 1, example.com/thing: %d}}}]
                """.formatted(name, name, count), Pod.class);
    }

    private static ContainerSpec plain(Map<String, String> env) {
        return new ContainerSpec(
                "main",
                0,
                Digest.sha256("image".getBytes(StandardCharsets.UTF_8)),
                List.of(),
                List.of(),
                env,
                Optional.empty(),
                List.of(),
                Map.of(),
                Map.of(),
                ContainerResources.NONE,
                ContainerSecurity.DEFAULT,
                Path.of("main/0.log"),
                Optional.empty(),
                false,
                false,
                false);
    }
}
