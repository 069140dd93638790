package dev.longshore.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.base.Time;
import dev.longshore.network.view.PeerView;
import dev.longshore.network.view.Range;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Three nodes: `host` and `neighbour` on one link, `far` behind the neighbour.
class PeerRoutesOnHostTest {

    private static final PeerView HOST = new PeerView("host", TestHost.ADDRESS, Range.parse("10.244.1.0/24"));
    private static final PeerView NEIGHBOUR =
            new PeerView("neighbour", TestHost.NEIGHBOUR_ADDRESS, Range.parse("10.244.2.0/24"));
    private static final PeerView FAR = new PeerView("far", "203.0.113.2", Range.parse("10.244.3.0/24"));
    private static final Range SERVICES = Range.parse("10.96.0.0/16");

    @TempDir
    Path files;

    private final List<PeerRoutes> routes = new ArrayList<>();
    private TestHost host;

    @BeforeEach
    void wire() throws Exception {
        host = new TestHost(files);
        host.namespace("far");
        host.cable("neighbour", "203.0.113.1", "far", "203.0.113.2");
        host.in("far", "ip", "route", "add", "default", "via", "203.0.113.1");
        for (PeerView node : List.of(HOST, NEIGHBOUR, FAR)) {
            host.in(node.name(), "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward");
            var bridge = new Bridge(host.cluster, SERVICES, host.commandsIn(node.name()));
            bridge.create();
            bridge.address(node.pods());
        }
    }

    @AfterEach
    void close() throws Exception {
        if (host != null) {
            routes.forEach(PeerRoutes::close);
            host.close();
        }
    }

    private FixedPeers route(PeerView node) {
        var peers = new FixedPeers();
        var own = new PeerRoutes(
                host.cluster,
                node.name(),
                node.address(),
                node.pods(),
                1500,
                peers,
                host.commandsIn(node.name()),
                Time.system());
        routes.add(own);
        own.start();
        peers.set(HOST, NEIGHBOUR, FAR);
        return peers;
    }

    private String server(PeerView node) throws Exception {
        String name = "pod-" + node.name();
        Path namespace = host.namespace(name);
        var plugins = new CniPlugins(
                Path.of("/usr/lib/cni"),
                files.resolve("cni-" + node.name()),
                NetworkNames.bridge(host.cluster),
                1500,
                host.commandsIn(node.name()));
        String address = plugins.add(name, namespace, node.pods()).getFirst();
        host.serve(name, 80);
        return address;
    }

    @Test
    void leadsToPodsOfNodesOnTheSameLinkAndBehindARouter() throws Exception {
        for (PeerView node : List.of(HOST, NEIGHBOUR, FAR)) {
            route(node);
        }
        server(HOST);
        String near = server(NEIGHBOUR);
        String far = server(FAR);

        await().untilAsserted(() -> assertThat(host.get("pod-host", near)).isEqualTo("pod-neighbour"));
        await().untilAsserted(() -> assertThat(host.get("pod-host", far)).isEqualTo("pod-far"));
        assertThat(host.get("host", far)).isEqualTo("pod-far");
        assertThat(host.get("pod-far", near)).isEqualTo("pod-neighbour");
    }

    @Test
    void forgetsNodesThatHaveGoneAndLeavesNothingWhenPurged() throws Exception {
        FixedPeers peers = route(HOST);
        await().untilAsserted(
                        () -> assertThat(host.in("host", "ip", "route")).contains("10.244.2.0/24", "10.244.3.0/24"));

        peers.set(HOST, FAR);
        await().untilAsserted(() -> assertThat(host.in("host", "ip", "route"))
                .doesNotContain("10.244.2.0/24")
                .contains("10.244.3.0/24"));

        routes.forEach(PeerRoutes::close);
        Bridge.delete(host.cluster, host.commands());
        assertThat(host.in("host", "ip", "route")).doesNotContain("10.244", "10.96");
        assertThat(host.in("host", "ip", "-o", "link").lines()).hasSize(2);
    }
}
