package dev.longshore.server;

import dev.longshore.base.Time;
import dev.longshore.http.HttpServer;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.kubelet.Kubelet;
import dev.longshore.kubelet.KubeletConfig;
import dev.longshore.runtime.simulated.SimulatedRuntime;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

/// A node that only pretends: the real kubelet on a simulated runtime. It can fall silent, as a machine whose
/// network is cut, and come back with its containers still running. Not thread-safe.
final class HollowNode implements AutoCloseable {

    private static final int UNAVAILABLE = 503;

    private final HttpServer https;
    private final KubeletConfig config;
    private final KubernetesClient client;
    private final Time time;
    private final SimulatedRuntime runtime;
    private volatile Optional<Kubelet> kubelet = Optional.empty();

    /// @param client acts as `system:node:NAME`; stays open
    /// @param tls of its HTTPS port, on loopback
    HollowNode(KubeletConfig config, KubernetesClient client, HttpServer.Tls tls, Time time) throws IOException {
        this.https = new HttpServer(config.nodeName(), this::answer);
        this.config = config.withApiPort(https.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), tls));
        this.client = client;
        this.time = time;
        this.runtime = new SimulatedRuntime(config.nodeName(), time);
    }

    /// Registers the node and looks after its pods; returns at once. Nothing happens if it does so already.
    void start() {
        if (kubelet.isEmpty()) {
            var started = new Kubelet(config, runtime, client, time, runtime::podRange);
            started.start();
            kubelet = Optional.of(started);
        }
    }

    private Response answer(Request request) throws IOException, InterruptedException {
        Optional<Kubelet> now = kubelet;
        return now.isPresent() ? now.get().api().handle(request) : Response.text(UNAVAILABLE, "silent");
    }

    /// Says nothing any more and hears nothing; containers go on.
    void fallSilent() {
        kubelet.ifPresent(Kubelet::close);
        kubelet = Optional.empty();
    }

    @Override
    public void close() {
        fallSilent();
        https.close();
        runtime.close();
    }
}
