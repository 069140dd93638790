package dev.longshore.metrics.resource;

import dev.longshore.base.Time;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.metrics.cluster.ClusterView;
import dev.longshore.model.ResourceDefinition;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/// The API group `metrics.k8s.io`: what nodes and pods use now. Its definitions are there before anything is known;
/// once started, it asks the kubelets. Thread-safe.
public final class ResourceMetrics implements AutoCloseable {

    private final AtomicReference<ClusterView> cluster = new AtomicReference<>(ClusterView.EMPTY);
    private final UsageBook book;
    private final Duration resolution;
    private final Time time;
    private Scraper scraper;

    /// @param resolution how often kubelets are asked
    public ResourceMetrics(Duration resolution, Time time) {
        if (!resolution.isPositive()) {
            throw new IllegalArgumentException("usage cannot be read every " + resolution);
        }
        this.book = new UsageBook(resolution);
        this.resolution = resolution;
        this.time = time;
    }

    /// NodeMetrics and PodMetrics.
    public List<ResourceDefinition> definitions(KindsContext context) {
        return List.of(
                new NodeMetricsKind(cluster::get, book, time).definition(context),
                new PodMetricsKind(cluster::get, book, time).definition(context));
    }

    /// Begins to ask the nodes of `view` through `source`, which it closes in the end.
    public synchronized void start(ClusterView view, NodeSource source) {
        cluster.set(view);
        scraper = new Scraper(view, source, book, resolution, time);
        scraper.start();
    }

    @Override
    public synchronized void close() {
        if (scraper != null) {
            scraper.close();
        }
    }
}
