package dev.longshore.server;

import dev.longshore.base.Time;
import dev.longshore.client.Informers;
import dev.longshore.http.TlsClient;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.metrics.MetricsSchemas;
import dev.longshore.metrics.cluster.InformedCluster;
import dev.longshore.metrics.custom.PodMetrics;
import dev.longshore.metrics.custom.PodSource;
import dev.longshore.metrics.resource.HttpsKubelets;
import dev.longshore.metrics.resource.ResourceMetrics;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.Schemas;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The metrics APIs of one cluster, if they are on.
final class MetricsApis implements AutoCloseable {

    /// As whom kubelets are asked.
    static final String USER = "system:longshore-metrics";

    /// Off.
    static final MetricsApis NONE = new MetricsApis(Optional.empty());

    private final Optional<Both> both;

    private record Both(ResourceMetrics resources, PodMetrics pods) {}

    private MetricsApis(Optional<Both> both) {
        this.both = both;
    }

    /// Serves these two.
    MetricsApis(ResourceMetrics resources, PodMetrics pods) {
        this(Optional.of(new Both(resources, pods)));
    }

    static MetricsApis of(ApiSettings settings, Time time) {
        Duration resolution = settings.metricResolution();
        return resolution.isZero()
                ? NONE
                : new MetricsApis(new ResourceMetrics(resolution, time), new PodMetrics(resolution, time));
    }

    List<ResourceDefinition> definitions(KindsContext context) {
        return both.stream()
                .flatMap(on -> Stream.concat(
                        on.resources.definitions(context).stream(), on.pods.definitions(context).stream()))
                .toList();
    }

    Schemas schemas(Schemas others) {
        return both.<Schemas>map(on -> new MetricsSchemas(others)).orElse(others);
    }

    /// Begins to ask the nodes and pods that `informers` hear of; before these start.
    ///
    /// @param source how pods are asked
    void start(Informers informers, Certificates certificates, PodSource source) {
        both.ifPresent(on -> {
            var cluster = new InformedCluster(informers);
            on.resources.start(
                    cluster,
                    new HttpsKubelets(
                            TlsClient.of(List.of(certificates.authority()), certificates.metrics()),
                            // Connections go by the machine's clock, whatever the cluster's says.
                            Time.system()));
            on.pods.start(cluster, source);
        });
    }

    @Override
    public void close() {
        both.ifPresent(on -> {
            on.pods.close();
            on.resources.close();
        });
    }
}
