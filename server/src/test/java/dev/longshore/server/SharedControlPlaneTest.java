package dev.longshore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.EndpointAddress;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/// Two servers over three members of etcd, of which some die.
@EnabledIf("dev.longshore.server.ThreeEtcds#isInstalled")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SharedControlPlaneTest {

    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final String LEASES = "kube-system";
    private static final int WRITERS = 8;
    private static final int EACH = 25;

    @TempDir
    static Path directory;

    private static ThreeEtcds etcd;
    private static final Map<String, Process> servers = new HashMap<>();
    private static final Map<String, KubernetesClient> clients = new HashMap<>();

    @BeforeAll
    static void start() throws IOException {
        assumeThat(HostPreparation.isRoot()).isTrue();
        etcd = new ThreeEtcds(directory);
        for (String name : List.of("a", "b")) {
            servers.put(name, up(name));
        }
        for (String name : List.of("a", "b")) {
            await().atMost(PATIENCE).until(() -> log(name).contains(DetachedStart.READY));
            Config config = Config.fromKubeconfig(
                    directory.resolve(name).resolve("kubeconfig").toFile());
            config.setRequestRetryBackoffLimit(0);
            clients.put(name, new KubernetesClientBuilder().withConfig(config).build());
        }
    }

    private static Process up(String name) throws IOException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx320m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.longshore.server.Main",
                "up",
                "--no-node",
                "--name=shared-" + name,
                "--node-name=plane-" + name,
                "--api-port=" + FreePort.any(),
                "--data-dir=" + directory.resolve(name),
                "--pki=" + directory.resolve("pki")));
        command.addAll(etcd.flags());
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(new File(directory.toFile(), name + ".log"))
                .start();
    }

    private static String log(String name) throws IOException {
        return Files.readString(directory.resolve(name + ".log"));
    }

    @AfterAll
    static void stop() throws Exception {
        clients.values().forEach(KubernetesClient::close);
        for (Process server : servers.values()) {
            server.destroy();
        }
        for (Process server : servers.values()) {
            if (!server.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                server.destroyForcibly();
            }
        }
        if (etcd != null) {
            etcd.close();
        }
    }

    @Test
    @Order(1)
    void anyServerAnswersAndAWatchAtOneSeesWhatIsWrittenAtTheOther() {
        var seen = ConcurrentHashMap.<String>newKeySet();
        try (Watch watch = client("a").configMaps().inNamespace("default").watch(adding(seen))) {
            assertThat(watch).isNotNull();
            create("b", "from-b");
            create("a", "from-a");

            await().atMost(PATIENCE).until(() -> seen.containsAll(Set.of("from-a", "from-b")));
        }
        assertThat(client("a")
                        .configMaps()
                        .inNamespace("default")
                        .withName("from-b")
                        .get())
                .isEqualTo(client("b")
                        .configMaps()
                        .inNamespace("default")
                        .withName("from-b")
                        .get());
    }

    @Test
    @Order(2)
    void bothAreEndpointsOfTheKubernetesServiceAndHaveALeaseEach() {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(client("a")
                                .endpoints()
                                .inNamespace("default")
                                .withName("kubernetes")
                                .get()
                                .getSubsets())
                        .as("one subset for each port")
                        .hasSize(2)
                        .allSatisfy(subset -> assertThat(subset.getAddresses())
                                .extracting(EndpointAddress::getIp)
                                .hasSize(1)));
        assertThat(client("a")
                        .leases()
                        .inNamespace(LEASES)
                        .withLabel("apiserver.kubernetes.io/identity", "kube-apiserver")
                        .list()
                        .getItems())
                .hasSize(2);
    }

    @Test
    @Order(3)
    void nothingAcknowledgedIsLostWhenAMemberDiesUnderLoad() throws Exception {
        var acknowledged = ConcurrentHashMap.<String>newKeySet();
        var wrong = ConcurrentHashMap.<String>newKeySet();
        var half = new CountDownLatch(WRITERS);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < WRITERS; i++) {
                int writer = i;
                threads.submit(() -> write(writer, half, acknowledged, wrong));
            }
            half.await();
            etcd.kill(0);
        }

        assertThat(wrong).isEmpty();
        for (String server : List.of("a", "b")) {
            assertThat(names(server)).containsAll(acknowledged);
        }
        etcd.start(0);
    }

    private static void write(int writer, CountDownLatch half, Set<String> acknowledged, Set<String> wrong) {
        for (int i = 0; i < EACH; i++) {
            if (i == EACH / 2) {
                half.countDown();
            }
            String name = "load-" + writer + "-" + i;
            try {
                create(writer % 2 == 0 ? "a" : "b", name);
                acknowledged.add(name);
            } catch (KubernetesClientException refused) {
                // Nobody else uses the name: that it is taken would be a lie, and a silent repetition.
                if (refused.getCode() != 500) {
                    wrong.add(name + ": " + refused.getMessage());
                }
            }
        }
    }

    private static Set<String> names(String server) {
        return client(server).configMaps().inNamespace("default").list().getItems().stream()
                .map(map -> map.getMetadata().getName())
                .collect(Collectors.toSet());
    }

    @Test
    @Order(4)
    void withoutAMajorityRequestsFailClearlyAndAllGoesOnByItself() throws Exception {
        var seen = ConcurrentHashMap.<String>newKeySet();
        try (Watch watch = client("a").configMaps().inNamespace("default").watch(adding(seen))) {
            assertThat(watch).isNotNull();
            etcd.kill(1);
            etcd.kill(2);

            var write = catchThrowableOfType(KubernetesClientException.class, () -> create("a", "during"));
            var read = catchThrowableOfType(
                    KubernetesClientException.class,
                    () -> client("b")
                            .configMaps()
                            .inNamespace("default")
                            .withName("from-a")
                            .get());
            assertThat(List.of(write, read)).allSatisfy(refused -> {
                assertThat(refused.getCode()).isEqualTo(500);
                assertThat(refused.getMessage()).containsAnyOf("etcdserver: ", "etcd at 127.0.0.1");
            });
            assertThat(client("a").raw("/livez/ping")).isEqualTo("ok");

            etcd.start(1);
            etcd.start(2);
            await().atMost(PATIENCE).ignoreExceptions().until(() -> create("b", "after") != null);
            await().atMost(PATIENCE).until(() -> seen.contains("after"));
        }
    }

    @Test
    @Order(5)
    void anotherServerLeadsWhenTheLeadingOneIsKilled() throws Exception {
        await().atMost(PATIENCE)
                .until(() -> holder("a", "kube-controller-manager").startsWith("plane-"));
        String leader = holder("a", "kube-controller-manager").substring("plane-".length(), "plane-".length() + 1);
        String other = leader.equals("a") ? "b" : "a";
        client(other).resource(deployment()).create();
        await().atMost(PATIENCE).until(() -> replicas(other) == 1);

        servers.get(leader).destroyForcibly().waitFor();
        long killed = System.nanoTime();
        for (String lease : List.of("kube-controller-manager", "kube-scheduler")) {
            await().atMost(PATIENCE)
                    .ignoreExceptions()
                    .until(() -> holder(other, lease).startsWith("plane-" + other));
        }
        System.out.println("leadership moved after " + Duration.ofNanos(System.nanoTime() - killed));

        client(other)
                .apps()
                .deployments()
                .inNamespace("default")
                .withName("web")
                .scale(3);
        await().atMost(PATIENCE).until(() -> replicas(other) == 3);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(client(other)
                                .endpoints()
                                .inNamespace("default")
                                .withName("kubernetes")
                                .get()
                                .getSubsets())
                        .hasSize(1));
    }

    private static int replicas(String server) {
        return client(server).apps().replicaSets().inNamespace("default").list().getItems().stream()
                .mapToInt(set -> set.getStatus().getReplicas() == null
                        ? 0
                        : set.getStatus().getReplicas())
                .sum();
    }

    private static io.fabric8.kubernetes.api.model.apps.Deployment deployment() {
        return new DeploymentBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("web")
                .endMetadata()
                .withNewSpec()
                .withReplicas(1)
                .withNewSelector()
                .addToMatchLabels("app", "web")
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .addToLabels("app", "web")
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("main")
                .withImage("web:1")
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
    }

    private static String holder(String server, String lease) {
        return client(server)
                .leases()
                .inNamespace(LEASES)
                .withName(lease)
                .get()
                .getSpec()
                .getHolderIdentity();
    }

    private static KubernetesClient client(String server) {
        return clients.get(server);
    }

    private static ConfigMap create(String server, String name) {
        return client(server)
                .resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withNamespace("default")
                        .withName(name)
                        .endMetadata()
                        .build())
                .create();
    }

    private static Watcher<ConfigMap> adding(Set<String> seen) {
        return new Watcher<>() {
            @Override
            public void eventReceived(Action action, ConfigMap map) {
                seen.add(map.getMetadata().getName());
            }

            @Override
            public void onClose(WatcherException cause) {
                // Told by what is missing.
            }
        };
    }
}
