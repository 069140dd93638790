package dev.longshore.metrics.resource;

import dev.longshore.base.Time;
import dev.longshore.http.Headers;
import dev.longshore.http.HttpDialer;
import dev.longshore.http.HttpDialer.Answer;
import dev.longshore.http.HttpDialer.Call;
import dev.longshore.http.TlsClient;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeAddress;
import io.fabric8.kubernetes.api.model.NodeStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Kubelets behind their HTTPS ports, at the address and port that their Nodes tell. Keeps one connection to each.
public final class HttpsKubelets implements NodeSource {

    private static final Duration LONGEST = Duration.ofSeconds(10);
    private static final int MOST_BYTES = 32 << 20;
    private static final int USUAL_PORT = 10250;

    /// As metrics-server prefers them.
    private static final List<String> ADDRESSES = List.of("InternalIP", "ExternalIP", "Hostname");

    private final TlsClient tls;
    private final Time time;
    private final Map<String, Door> doors = new ConcurrentHashMap<>();

    /// @param tls who vouches for kubelets, and who we are
    /// @param time by which they have to answer
    public HttpsKubelets(TlsClient tls, Time time) {
        this.tls = tls;
        this.time = time;
    }

    private record Door(String host, int port, HttpDialer dialer) {}

    @Override
    public String resourceMetrics(Node node) throws IOException {
        Call call = Call.of("GET", "/metrics/resource", Headers.of("Accept", "text/plain;version=0.0.4"));
        Time.Timer limit = time.schedule(LONGEST, Thread.currentThread()::interrupt);
        try (Answer answer = door(node).dialer.exchange(call, LONGEST)) {
            byte[] body = answer.body().readNBytes(MOST_BYTES + 1);
            if (answer.status() != 200) {
                throw new IOException("request failed, status: " + answer.status());
            }
            if (body.length > MOST_BYTES) {
                throw new IOException("more than " + MOST_BYTES + " bytes");
            }
            return new String(body, StandardCharsets.UTF_8);
        } finally {
            limit.cancel();
        }
    }

    private Door door(Node node) throws IOException {
        String name = node.getMetadata().getName();
        Optional<NodeStatus> status = Optional.ofNullable(node.getStatus());
        String host = status.flatMap(HttpsKubelets::host)
                .orElseThrow(() -> new IOException("node " + name + " has no address"));
        int port = status.map(NodeStatus::getDaemonEndpoints)
                .map(endpoints -> endpoints.getKubeletEndpoint())
                .map(endpoint -> endpoint.getPort())
                .filter(told -> told > 0)
                .orElse(USUAL_PORT);
        return doors.compute(name, (key, was) -> {
            if (was != null && was.host.equals(host) && was.port == port) {
                return was;
            }
            close(was);
            return new Door(host, port, HttpDialer.tls(host, port, tls));
        });
    }

    private static Optional<String> host(NodeStatus status) {
        for (String type : ADDRESSES) {
            for (NodeAddress address : status.getAddresses()) {
                if (address.getType().equals(type)) {
                    return Optional.of(address.getAddress());
                }
            }
        }
        return Optional.empty();
    }

    @Override
    public void retain(Set<String> nodes) {
        doors.forEach((name, door) -> {
            if (!nodes.contains(name) && doors.remove(name, door)) {
                close(door);
            }
        });
    }

    @Override
    public void close() {
        retain(Set.of());
    }

    private static void close(Door door) {
        if (door != null) {
            door.dialer.close();
        }
    }
}
