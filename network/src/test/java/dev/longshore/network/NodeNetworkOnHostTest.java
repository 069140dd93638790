package dev.longshore.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.base.Time;
import dev.longshore.network.dns.ProcessIdentity;
import dev.longshore.runtime.ContainerResources;
import dev.longshore.runtime.SandboxSpec;
import dev.longshore.runtime.SandboxSpec.PortMapping;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A whole node's network on a host of the test's own.
class NodeNetworkOnHostTest {

    private static final String DNS = "10.96.0.10";

    @TempDir
    Path files;

    private final FixedView view = new FixedView();
    private TestHost host;
    private NodeNetwork network;

    @BeforeEach
    void start() throws Exception {
        host = new TestHost(files);
        view.set(new Sample().service("web", "10.96.0.5", "10.244.3.2").view());
        // A new namespace takes the value of the machine, where another cluster may run.
        host.in("host", "sh", "-c", "echo 0 > /proc/sys/net/ipv4/ip_forward");
        network = network();
        network.start();
    }

    @AfterEach
    void stop() throws Exception {
        if (host != null) {
            network.close();
            purge();
            host.close();
        }
    }

    private NodeNetwork network() {
        return new NodeNetwork(settings(), view, new FixedPeers(), new HostPorts(), host.commands(), Time.system());
    }

    private NodeNetworkSettings settings() {
        return new NodeNetworkSettings(
                host.cluster,
                Sample.NODE,
                TestHost.ADDRESS,
                "10.244.0.0/16",
                "10.96.0.0/16",
                DNS,
                "cluster.local",
                files.resolve("node"),
                files.resolve("run"),
                Path.of("/usr/lib/cni"),
                files.resolve("no-resolv.conf"),
                new JavaProgram(
                        Path.of(System.getProperty("java.home"), "bin", "java"),
                        System.getProperty("java.class.path")));
    }

    private void purge() throws Exception {
        NodeNetwork.purge(host.cluster, files.resolve("node"), files.resolve("run"), host.commands(), Time.system());
    }

    private static SandboxSpec spec(PortMapping... ports) {
        return new SandboxSpec(
                "pod",
                "default",
                "uid",
                0,
                "pod",
                Map.of(),
                Map.of(),
                Path.of("/nowhere"),
                new SandboxSpec.DnsConfig(List.of(), List.of(), List.of()),
                List.of(ports),
                "pod",
                ContainerResources.NONE,
                false,
                false,
                false,
                false,
                Map.of());
    }

    @Test
    void wiresASandboxOnceAndGivesItsAddressBack() throws Exception {
        network.podRange("10.244.3.0/24");
        Path namespace = host.namespace("a");

        List<String> addresses = network.sandboxes().attach("a", namespace, spec());

        assertThat(addresses).containsExactly("10.244.3.2");
        assertThat(network.sandboxes().attach("a", namespace, spec())).isEqualTo(addresses);
        assertThat(host.in("a", "ip", "-o", "-4", "addr", "show", "dev", "eth0"))
                .contains("10.244.3.2/24");

        network.sandboxes().detach("a", namespace, spec());
        network.sandboxes().detach("a", namespace, spec());

        assertThat(host.in("a", "ip", "-o", "link")).doesNotContain("eth0");
        assertThat(Files.exists(files.resolve("node/network/wiring/addresses/ls-" + host.cluster + "/10.244.3.2")))
                .isFalse();
    }

    @Test
    void leadsHostPortsIntoSandboxesAndForgetsThem() throws Exception {
        network.podRange("10.244.3.0/24");
        Path namespace = host.namespace("a");
        SandboxSpec spec = spec(new PortMapping(8088, 8080, "tcp", Optional.empty()));
        network.sandboxes().attach("a", namespace, spec);
        host.serve("a", 8080);

        eventually("host", "127.0.0.1:8088", "a");
        assertThat(host.get("neighbour", TestHost.ADDRESS + ":8088")).isEqualTo("a");
        assertThat(host.get("a", TestHost.ADDRESS + ":8088")).isEqualTo("a");

        network.sandboxes().detach("a", namespace, spec);

        assertThat(host.get("neighbour", TestHost.ADDRESS + ":8088")).isEqualTo("failed 7");
    }

    @Test
    void answersNamesAlsoWhenTheServerIsGoneAndIsTakenOverByTheNext() throws Exception {
        network.podRange("10.244.3.0/24");
        network.sandboxes().attach("a", host.namespace("a"), spec());
        await().ignoreExceptions().untilAsserted(() -> assertThat(lookUp("a")).contains("10.96.0.5"));
        Optional<ProcessIdentity> process = ProcessIdentity.read(files.resolve("node/dns/process"));

        network.close();

        assertThat(lookUp("a")).contains("10.96.0.5");
        assertThat(lookUp("host")).contains("10.96.0.5");

        network = network();
        network.start();
        view.set(new Sample().service("web", "10.96.0.6").view());
        await().untilAsserted(() -> assertThat(lookUp("a")).contains("10.96.0.6"));
        assertThat(ProcessIdentity.read(files.resolve("node/dns/process"))).isEqualTo(process);
    }

    @Test
    void leavesNothingWhenPurged() throws Exception {
        assertThat(ipForward()).as("what the cluster set").isEqualTo("1");
        network.podRange("10.244.3.0/24");
        network.sandboxes().attach("a", host.namespace("a"), spec());
        await().until(() -> Files.exists(files.resolve("node/dns/process")));
        ProcessIdentity process =
                ProcessIdentity.read(files.resolve("node/dns/process")).orElseThrow();
        network.close();

        purge();

        assertThat(host.in("host", "ip", "-o", "link").lines()).hasSize(2);
        assertThat(host.in("host", "ip", "route", "show")).doesNotContain("10.96.", "10.244.");
        assertThat(host.in("host", "nft", "list", "tables")).doesNotContain("longshore");
        assertThat(ipForward()).isEqualTo("0");
        assertThat(process.isAlive()).isFalse();
        assertThat(files.resolve("node/network")).doesNotExist();
    }

    @Test
    void sendsNothingToServicesOutWhenItsRulesAreGone() throws Exception {
        network.podRange("10.244.3.0/24");
        network.sandboxes().attach("a", host.namespace("a"), spec());
        host.in("host", "nft", "delete", "table", "ip", NetworkNames.table(host.cluster));
        host.in("host", "ip", "link", "del", NetworkNames.bridge(host.cluster));

        assertThat(host.in("host", "sh", "-c", "ip route get 10.96.1.1 2>&1 || true"))
                .contains("No route to host");
    }

    private String ipForward() throws InterruptedException {
        return host.in("host", "cat", "/proc/sys/net/ipv4/ip_forward").strip();
    }

    private String lookUp(String from) throws InterruptedException {
        return host.in(from, "busybox", "nslookup", "-type=a", "web.default.svc.cluster.local", DNS);
    }

    private void eventually(String from, String address, String wanted) {
        await().untilAsserted(() -> assertThat(host.get(from, address)).isEqualTo(wanted));
    }
}
