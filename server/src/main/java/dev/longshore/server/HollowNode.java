package dev.longshore.server;

import dev.longshore.base.Time;
import dev.longshore.kubelet.Kubelet;
import dev.longshore.kubelet.KubeletConfig;
import dev.longshore.runtime.simulated.SimulatedRuntime;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Optional;

/// A node that only pretends: the real kubelet on a simulated runtime. It can fall silent, as a machine whose
/// network is cut, and come back with its containers still running. Not thread-safe.
final class HollowNode implements AutoCloseable {

    private final KubeletConfig config;
    private final KubernetesClient client;
    private final Time time;
    private final SimulatedRuntime runtime;
    private Optional<Kubelet> kubelet = Optional.empty();

    /// @param client acts as `system:node:NAME`; stays open
    HollowNode(KubeletConfig config, KubernetesClient client, Time time) {
        this.config = config;
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

    /// Says nothing any more and hears nothing; containers go on.
    void fallSilent() {
        kubelet.ifPresent(Kubelet::close);
        kubelet = Optional.empty();
    }

    @Override
    public void close() {
        fallSilent();
        runtime.close();
    }
}
