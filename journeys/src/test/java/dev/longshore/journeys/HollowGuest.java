package dev.longshore.journeys;

import dev.longshore.base.Time;
import dev.longshore.kubelet.Kubelet;
import dev.longshore.kubelet.KubeletConfig;
import dev.longshore.runtime.simulated.SimulatedRuntime;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;

/// A hollow node of this JVM in a real cluster, beside the node that runs containers. Only pods that tolerate its
/// taint come to it; they get addresses which lead nowhere.
final class HollowGuest implements AutoCloseable {

    /// What pods put among their tolerations to come here, in YAML.
    static final String TOLERATION = "{key: longshore.dev/hollow, operator: Exists, effect: NoSchedule}";

    /// Where nobody listens: the kubelet's API is not served.
    private static final int CLOSED_PORT = 1;

    private static final Map<String, Quantity> SIZE =
            Map.of("cpu", new Quantity("4"), "memory", new Quantity("8Gi"), "ephemeral-storage", new Quantity("10Gi"));

    private final String name;
    private final KubernetesClient client;
    private final SimulatedRuntime runtime;
    private final KubeletConfig config;
    private Kubelet kubelet;

    private HollowGuest(String name, KubernetesClient client, KubeletConfig config) {
        this.name = name;
        this.client = client;
        this.runtime = new SimulatedRuntime(name, Time.system());
        this.config = config;
    }

    /// Joins `cluster`; the node is Ready soon.
    static HollowGuest of(RunningCluster cluster, String name) {
        try {
            KubernetesClient client = cluster.client();
            var config = KubeletConfig.hollow(name, "127.0.0.1", Files.createTempDirectory("longshore-" + name), SIZE)
                    .withApiPort(CLOSED_PORT)
                    .withTaints(List.of(new Taint("NoSchedule", "longshore.dev/hollow", null, "true")));
            var guest = new HollowGuest(name, client, config);
            guest.resume();
            return guest;
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /// The kubelet stops; containers go on, and nobody hears of them.
    void fallSilent() {
        if (kubelet != null) {
            kubelet.close();
            kubelet = null;
        }
    }

    /// The kubelet starts over the containers that are there.
    void resume() {
        kubelet = new Kubelet(config, runtime, client, Time.system(), runtime::podRange);
        kubelet.start();
    }

    /// Leaves the cluster.
    @Override
    public void close() {
        fallSilent();
        runtime.close();
        client.nodes().withName(name).delete();
        client.close();
        config.root().toFile().delete();
    }
}
