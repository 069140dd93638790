package dev.longshore.journeys;

import dev.longshore.base.Time;
import dev.longshore.server.HollowCluster;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/// One cluster of two hollow nodes in this JVM for all who only need the API: started at first use, stopped
/// after the last test. Tests keep apart by namespaces.
final class HollowShared implements BeforeAllCallback, AutoCloseable {

    private static final int NODES = 2;

    /// Short, since tests wait for it.
    static final Duration METRIC_RESOLUTION = Duration.ofSeconds(2);

    private static final AtomicInteger NAMESPACES = new AtomicInteger();
    private static HollowShared running;

    private final Path scratch;
    private final HollowCluster cluster;

    /// For JUnit, which only asks for [#beforeAll].
    HollowShared() {
        this(null, null);
    }

    private HollowShared(Path scratch, HollowCluster cluster) {
        this.scratch = scratch;
        this.cluster = cluster;
    }

    /// The one cluster.
    static synchronized HollowShared cluster() {
        if (running == null) {
            try {
                Path scratch = Files.createTempDirectory("longshore-hollow");
                var cluster = new HollowCluster(
                        NODES, scratch.resolve("cluster"), "", Duration.ZERO, Time.system(), METRIC_RESOLUTION);
                Files.writeString(scratch.resolve("kubeconfig"), cluster.kubeconfig());
                running = new HollowShared(scratch, cluster);
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(interrupted);
            }
        }
        return running;
    }

    /// Where the cluster's kubeconfig is, and room for files.
    Path directory() {
        return scratch;
    }

    /// Groups of further nodes and the cluster autoscaler, as [HollowCluster#autoscale].
    AutoCloseable autoscale(String yaml) {
        return cluster.autoscale(yaml);
    }

    /// A client of the admin's, over TLS.
    static KubernetesClient client() {
        return new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(cluster().kubeconfig()))
                .build();
    }

    /// A new namespace called after `theme`; returns its name.
    static String namespace(KubernetesClient client, String theme) {
        String name = theme + "-" + NAMESPACES.incrementAndGet();
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .build())
                .create();
        return name;
    }

    /// The admin's kubeconfig, as text.
    String kubeconfig() {
        return cluster.kubeconfig();
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        context.getRoot().getStore(Namespace.GLOBAL).computeIfAbsent(HollowShared.class, key -> cluster());
    }

    @Override
    public void close() throws IOException {
        synchronized (HollowShared.class) {
            running = null;
        }
        cluster.close();
        try (Stream<Path> files = Files.walk(scratch)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
