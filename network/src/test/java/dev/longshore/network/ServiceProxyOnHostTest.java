package dev.longshore.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.base.Time;
import dev.longshore.network.view.ClusterView;
import dev.longshore.network.view.ObjectName;
import dev.longshore.network.view.PolicyView;
import dev.longshore.network.view.Range;
import dev.longshore.network.view.Selector;
import dev.longshore.network.view.SliceView;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real rules, real packets, in namespaces of the test's own.
class ServiceProxyOnHostTest {

    private static final String VIP = "10.96.0.5";
    private static final String BALANCER = "203.0.113.7";
    private static final Range PODS = Range.parse("10.244.0.0/16");
    private static final Range OURS = Range.parse("10.244.0.0/24");
    private static final Range SERVICES = Range.parse("10.96.0.0/16");

    @TempDir
    Path files;

    private final FixedView view = new FixedView();
    private TestHost host;
    private ServiceProxy proxy;
    private CniPlugins plugins;

    @BeforeEach
    void wire() throws Exception {
        host = new TestHost(files);
        host.in("host", "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward");
        var bridge = new Bridge(host.cluster, SERVICES, host.commands());
        bridge.create();
        bridge.address(OURS);
        plugins = new CniPlugins(
                Path.of("/usr/lib/cni"),
                files.resolve("cni"),
                NetworkNames.bridge(host.cluster),
                1500,
                host.commands());
        proxy = proxy();
        proxy.start();
    }

    @AfterEach
    void close() throws Exception {
        if (proxy != null) {
            proxy.close();
        }
        if (host != null) {
            host.close();
        }
    }

    private ServiceProxy proxy() {
        var facts = new ProxyFacts(
                host.cluster,
                Sample.NODE,
                PODS,
                SERVICES,
                "10.96.0.10",
                Optional.of("10.244.0.1"),
                List.of(),
                Map.of());
        return new ServiceProxy(facts, view, host.commands(), Time.system());
    }

    private String pod(String name) throws Exception {
        Path namespace = host.namespace(name);
        return plugins.add(name, namespace, OURS).getFirst();
    }

    private String server(String name) throws Exception {
        String address = pod(name);
        host.serve(name, 8080);
        return address;
    }

    @Test
    void leadsPodsAndTheHostToEveryEndpointAndToItself() throws Exception {
        String a = server("a");
        String b = server("b");
        view.set(new Sample().service("web", VIP, a, b).view());

        eventually(() -> host.get("host", VIP).startsWith("failed") ? "" : "up", "up");
        for (String from : List.of("a", "b", "host")) {
            var seen = new TreeSet<String>();
            for (int i = 0; i < 24; i++) {
                seen.add(host.get(from, VIP));
            }
            assertThat(seen).as("answers seen by " + from).containsExactly("a", "b");
        }
    }

    @Test
    void refusesAtOnceWhatNoServiceTakes() throws Exception {
        pod("a");
        view.set(new Sample().service("empty", VIP).view());

        // 7: connection refused; a packet that left by the default route would time out (28).
        for (String address : List.of(VIP, "10.96.77.77")) {
            eventually(() -> host.get("a", address), "failed 7");
            assertThat(host.get("host", address)).isEqualTo("failed 7");
        }
    }

    @Test
    void servesNodePortsFromOutsideFromPodsAndAtLoopback() throws Exception {
        String a = server("a");
        view.set(new Sample()
                .add(Sample.nodePort("web", VIP, 30080, false), Sample.ready(a))
                .view());

        eventually(() -> host.get("neighbour", TestHost.ADDRESS + ":30080"), "a");
        assertThat(host.get("host", "127.0.0.1:30080")).isEqualTo("a");
        assertThat(host.get("host", TestHost.ADDRESS + ":30080")).isEqualTo("a");
        assertThat(host.get("a", TestHost.ADDRESS + ":30080")).isEqualTo("a");
    }

    @Test
    void answersAtTheAddressOfALoadBalancerFromEverywhere() throws Exception {
        String a = server("a");
        pod("client");
        host.in("neighbour", "ip", "route", "add", BALANCER + "/32", "via", TestHost.ADDRESS);
        view.set(new Sample()
                .add(Sample.balanced(Sample.plain("web", VIP), BALANCER), Sample.ready(a))
                .view());

        eventually(() -> host.get("neighbour", BALANCER), "a");
        assertThat(host.get("host", BALANCER)).isEqualTo("a");
        assertThat(host.get("client", BALANCER)).isEqualTo("a");
        assertThat(host.get("a", BALANCER)).as("a pod reaches itself").isEqualTo("a");
    }

    @Test
    void keepsStrangersFromALoadBalancerThatNamesItsSources() throws Exception {
        String a = server("a");
        String friend = pod("friend");
        pod("stranger");
        host.in("neighbour", "ip", "route", "add", BALANCER + "/32", "via", TestHost.ADDRESS);
        view.set(new Sample()
                .add(
                        Sample.balanced(
                                Sample.plain("web", VIP),
                                BALANCER,
                                friend + "/32",
                                TestHost.NEIGHBOUR_ADDRESS,
                                TestHost.NEIGHBOUR_ADDRESS + "/31"),
                        Sample.ready(a))
                .view());

        eventually(() -> host.get("friend", BALANCER), "a");
        assertThat(host.get("neighbour", BALANCER)).isEqualTo("a");
        // 28: timed out, as what is dropped does.
        assertThat(host.get("stranger", BALANCER)).isEqualTo("failed 28");
        assertThat(host.get("stranger", VIP)).as("inside it is open").isEqualTo("a");
    }

    @Test
    void masqueradesPodsOnTheirWayOut() throws Exception {
        pod("a");
        host.serve("neighbour", 80);
        view.set(ClusterView.EMPTY);

        eventually(() -> host.get("a", TestHost.NEIGHBOUR_ADDRESS), "neighbour");
    }

    @Test
    void keepsAClientAtItsEndpointAlsoAcrossAReplacement() throws Exception {
        String a = server("a");
        String b = server("b");
        view.set(new Sample().add(Sample.sticky("web", VIP), Sample.ready(a, b)).view());
        eventually(() -> host.get("host", VIP).startsWith("failed") ? "" : "up", "up");
        String first = host.get("host", VIP);
        for (int i = 0; i < 10; i++) {
            assertThat(host.get("host", VIP)).isEqualTo(first);
        }

        proxy.close();
        proxy = proxy();
        proxy.start();

        for (int i = 0; i < 10; i++) {
            assertThat(host.get("host", VIP)).isEqualTo(first);
        }
    }

    @Test
    void keepsOldRulesUntilItKnowsAllServices() throws Exception {
        String a = server("a");
        view.set(new Sample().service("web", VIP, a).view());
        eventually(() -> host.get("host", VIP), "a");
        proxy.close();

        var unsynced = new FixedView();
        try (var next = new ServiceProxy(
                new ProxyFacts(
                        host.cluster, Sample.NODE, PODS, SERVICES, "10.96.0.10", Optional.empty(), List.of(), Map.of()),
                unsynced,
                host.commands(),
                Time.system())) {
            next.start();
            assertThat(host.get("host", VIP)).isEqualTo("a");

            unsynced.set(ClusterView.EMPTY);
            eventually(() -> host.get("host", VIP), "failed 7");
        }
    }

    @Test
    void loadsItsRulesAgainWhenTheyWereChangedBehindItsBack() throws Exception {
        String a = server("a");
        view.set(new Sample().service("web", VIP, a).view());
        eventually(() -> host.get("host", VIP), "a");
        host.in("host", "nft", "delete", "table", "ip", NetworkNames.table(host.cluster));

        view.set(new Sample()
                .service("web", VIP, a)
                .service("other", "10.96.0.6", a)
                .view());

        eventually(() -> host.get("host", "10.96.0.6"), "a");
        assertThat(host.get("host", VIP)).isEqualTo("a");
    }

    @Test
    void losesNoRequestWhileEndpointsComeAndGo() throws Exception {
        String a = server("a");
        String b = server("b");
        view.set(new Sample().service("web", VIP, a, b).view());
        eventually(() -> host.get("host", VIP).startsWith("failed") ? "" : "up", "up");

        var answers = new TreeMap<String, Integer>();
        for (int i = 0; i < 120; i++) {
            if (i % 10 == 0) {
                view.set(new Sample().service("web", VIP, i % 20 == 0 ? a : b).view());
            }
            answers.merge(host.get("host", VIP), 1, Integer::sum);
        }

        assertThat(answers).containsOnlyKeys("a", "b");
    }

    @Test
    void keepsEstablishedConnectionsToEndpointsThatAreTakenAway() throws Exception {
        String a = server("a");
        String b = server("b");
        // So much that socket buffers do not hold the most of it: the server has to be sending for seconds.
        host.file("a", "large", 64_000_000);
        view.set(new Sample().service("web", VIP, a).view());
        eventually(() -> host.get("host", VIP), "a");

        var download = CompletableFuture.supplyAsync(() -> {
            try {
                return host.in(
                        "host",
                        "curl",
                        "-sS",
                        "--limit-rate",
                        "16M",
                        "-o",
                        "/dev/null",
                        "-w",
                        "%{size_download}",
                        "http://" + VIP + "/large");
            } catch (InterruptedException stopped) {
                return stopped.toString();
            }
        });
        await().untilAsserted(
                        () -> assertThat(host.in("host", "conntrack", "-L", "-p", "tcp", "--state", "ESTABLISHED"))
                                .as(() -> "download: " + download.getNow("under way"))
                                .contains("dst=" + VIP));
        view.set(new Sample().service("web", VIP, b).view());
        eventually(() -> host.get("host", VIP), "b");

        assertThat(download.get(30, TimeUnit.SECONDS)).isEqualTo("64000000");
    }

    @Test
    void leadsUdpClientsThatKeepTheirPortToTheNewEndpoint() throws Exception {
        String a = pod("a");
        String b = pod("b");
        host.serveUdp("a", 8080);
        host.serveUdp("b", 8080);
        view.set(new Sample().add(Sample.udp("echo", VIP), Sample.ready(a)).view());
        eventually(() -> host.askUdp("b", 4000, VIP, 80), "a");

        view.set(new Sample().add(Sample.udp("echo", VIP), Sample.ready(b)).view());

        eventually(() -> host.askUdp("b", 4000, VIP, 80), "b");
    }

    @Test
    void showsPodsTheClientsAddressWhenOutsideTrafficStaysLocal() throws Exception {
        String a = server("a");
        view.set(new Sample()
                .add(Sample.nodePort("web", VIP, 30080, true), Sample.ready(a))
                .view());

        eventually(() -> host.get("neighbour", TestHost.ADDRESS + ":30080"), "a");
        assertThat(host.in("host", "conntrack", "-L", "-p", "tcp", "--orig-port-dst", "30080"))
                .contains("src=" + a + " dst=" + TestHost.NEIGHBOUR_ADDRESS);
        assertThat(host.get("host", "127.0.0.1:30080")).isEqualTo("a");

        view.set(new Sample()
                .add(
                        Sample.nodePort("web", VIP, 30080, true),
                        new SliceView.Endpoint(a, true, true, false, Optional.of("elsewhere"), Optional.empty()))
                .view());
        // 28: timed out, as what is dropped does.
        eventually(() -> host.get("neighbour", TestHost.ADDRESS + ":30080"), "failed 28");
        assertThat(host.get("host", VIP)).isEqualTo("a");
    }

    @Test
    void letsThroughWhatPoliciesAllowAndNothingElse() throws Exception {
        String a = server("a");
        pod("friend");
        pod("stranger");
        host.serve("neighbour", 80);
        ClusterView open = new Sample().service("web", VIP, a).view();
        view.set(open);
        eventually(() -> host.get("stranger", VIP), "a");

        var pods = List.of(
                Sample.pod("a", a, "web"),
                Sample.pod("friend", "10.244.0.3", "friend"),
                Sample.pod("stranger", "10.244.0.4", "stranger"));
        var fromFriends = new PolicyView.Rule(
                List.of(new PolicyView.Pods(Optional.empty(), Selector.label("app", "friend"))),
                List.of(new PolicyView.Port("tcp", 8080, 8080, "")));
        view.set(open.withPolicies(
                Map.of("default", Map.of()),
                List.of(
                        new PolicyView(
                                new ObjectName("default", "friends-only"),
                                Selector.label("app", "web"),
                                Optional.of(List.of(fromFriends)),
                                Optional.empty()),
                        new PolicyView(
                                new ObjectName("default", "stay-inside"),
                                Selector.label("app", "friend"),
                                Optional.empty(),
                                Optional.of(List.of(new PolicyView.Rule(
                                        List.of(new PolicyView.Block(Range.parse("10.0.0.0/8"), List.of())),
                                        List.of()))))),
                pods));

        eventually(() -> host.get("stranger", VIP), "failed 28");
        assertThat(host.get("friend", VIP)).isEqualTo("a");
        assertThat(host.get("friend", a + ":8080")).isEqualTo("a");
        assertThat(host.get("a", VIP)).as("a pod reaches itself").isEqualTo("a");
        assertThat(host.get("host", VIP)).as("a node reaches its pods").isEqualTo("a");
        assertThat(host.get("friend", TestHost.NEIGHBOUR_ADDRESS)).isEqualTo("failed 28");
        assertThat(host.get("stranger", TestHost.NEIGHBOUR_ADDRESS)).isEqualTo("neighbour");

        view.set(open);
        eventually(() -> host.get("stranger", VIP), "a");
    }

    private static void eventually(Callable<String> what, String wanted) {
        await().untilAsserted(() -> assertThat(what.call()).isEqualTo(wanted));
    }
}
