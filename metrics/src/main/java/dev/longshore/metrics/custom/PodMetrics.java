package dev.longshore.metrics.custom;

import dev.longshore.base.Time;
import dev.longshore.kinds.Kinds;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.metrics.cluster.ClusterView;
import dev.longshore.model.OpenResources;
import dev.longshore.model.ResourceDefinition;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/// The API groups `custom.metrics.k8s.io` and `external.metrics.k8s.io`, out of what pods tell of themselves. Their
/// definitions are there before anything is known. Thread-safe.
public final class PodMetrics implements AutoCloseable {

    private final AtomicReference<PodScraper> scraper = new AtomicReference<>();
    private final PodBook book = new PodBook();
    private final Duration resolution;
    private final Time time;

    /// @param resolution how often pods are asked, while somebody asks for their metrics
    public PodMetrics(Duration resolution, Time time) {
        this.resolution = resolution;
        this.time = time;
    }

    /// The resources of both groups, in every version.
    public List<ResourceDefinition> definitions(KindsContext context) {
        var kinds = new HashMap<String, ResourceDefinition>();
        Kinds.all(context).forEach(kind -> kinds.putIfAbsent(kind.resource().toString(), kind));
        var figures = new Figures(this::scraper, book);
        return List.of(
                definition(
                        context,
                        "custom.metrics.k8s.io/v1beta2",
                        "MetricValueList",
                        new CustomMetrics("v1beta2", figures, kinds)),
                definition(
                        context,
                        "custom.metrics.k8s.io/v1beta1",
                        "MetricValueList",
                        new CustomMetrics("v1beta1", figures, kinds)),
                definition(
                        context,
                        "external.metrics.k8s.io/v1beta1",
                        "ExternalMetricValueList",
                        new ExternalMetrics(figures)));
    }

    private static ResourceDefinition definition(
            KindsContext context, String version, String kind, OpenResources resources) {
        return KindBuilder.kind(context, version, kind, OpenResources.ANY)
                .verbs("get")
                .virtual(resources)
                .build();
    }

    private Optional<PodScraper> scraper() {
        return Optional.ofNullable(scraper.get());
    }

    /// Begins to ask the pods of `view` through `source`.
    public void start(ClusterView view, PodSource source) {
        var started = new PodScraper(view, source, book, resolution, time);
        scraper.set(started);
        started.start();
    }

    @Override
    public void close() {
        scraper().ifPresent(PodScraper::close);
    }
}
