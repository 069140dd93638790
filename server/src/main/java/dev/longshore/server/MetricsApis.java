package dev.longshore.server;

import dev.longshore.base.Time;
import dev.longshore.client.Informers;
import dev.longshore.http.HttpDialer;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.metrics.MetricsSchemas;
import dev.longshore.metrics.cluster.InformedCluster;
import dev.longshore.metrics.resource.HttpsKubelets;
import dev.longshore.metrics.resource.ResourceMetrics;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.Schemas;
import java.util.List;
import java.util.Optional;

/// The metrics APIs of one cluster, if they are on.
final class MetricsApis implements AutoCloseable {

    /// As whom kubelets are asked.
    static final String USER = "system:longshore-metrics";

    /// Off.
    static final MetricsApis NONE = new MetricsApis(Optional.empty());

    private final Optional<ResourceMetrics> resources;

    /// Serves `resources`, if they are there.
    MetricsApis(Optional<ResourceMetrics> resources) {
        this.resources = resources;
    }

    static MetricsApis of(ApiSettings settings, Time time) {
        return settings.metricResolution().isZero()
                ? NONE
                : new MetricsApis(Optional.of(new ResourceMetrics(settings.metricResolution(), time)));
    }

    List<ResourceDefinition> definitions(KindsContext context) {
        return resources.map(on -> on.definitions(context)).orElse(List.of());
    }

    Schemas schemas(Schemas others) {
        return resources.<Schemas>map(on -> new MetricsSchemas(others)).orElse(others);
    }

    /// Begins to ask the nodes that `informers` hear of; before these start.
    void start(Informers informers, Certificates certificates) {
        resources.ifPresent(on -> on.start(
                new InformedCluster(informers),
                new HttpsKubelets(
                        new HttpDialer.Tls(
                                List.of(certificates.authority()),
                                Optional.of(Certificates.tls(certificates.metrics())),
                                Optional.empty()),
                        // Connections go by the machine's clock, whatever the cluster's says.
                        Time.system())));
    }

    @Override
    public void close() {
        resources.ifPresent(ResourceMetrics::close);
    }
}
