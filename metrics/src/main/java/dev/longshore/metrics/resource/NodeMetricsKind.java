package dev.longshore.metrics.resource;

import static dev.longshore.metrics.resource.UsageObjects.VERSION;

import dev.longshore.base.Time;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.metrics.cluster.ClusterView;
import dev.longshore.model.Call;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.VirtualResource;
import io.fabric8.kubernetes.api.model.Node;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// What nodes use.
record NodeMetricsKind(Supplier<ClusterView> cluster, UsageBook book, Time time) implements VirtualResource {

    ResourceDefinition definition(KindsContext context) {
        return KindBuilder.kind(context, VERSION, "NodeMetrics", "nodes")
                .clusterScoped()
                .singular("node")
                .verbs("get", "list")
                .virtual(this)
                .table(UsageTable.TABLE)
                .build();
    }

    @Override
    public Optional<Resource> get(Call call, Registry registry, String namespace, String name) {
        Node node = cluster.get()
                .node(name)
                .orElseThrow(() -> new FaultException(new Fault.NotFound(new GroupResource("", "node"), name)));
        return Optional.of(metrics(node)
                .orElseThrow(() -> new FaultException(new Fault.NotFound(UsageObjects.unknown("nodemetrics"), name))));
    }

    @Override
    public List<Resource> list(Call call, Registry registry, String namespace) {
        return cluster.get().nodes().stream()
                .sorted(Comparator.comparing((Node node) -> node.getMetadata().getName()))
                .flatMap(node -> metrics(node).stream())
                .toList();
    }

    private Optional<Resource> metrics(Node node) {
        String name = node.getMetadata().getName();
        return book.node(name).map(usage -> {
            Resource object = UsageObjects.named(
                    "NodeMetrics", "", name, node.getMetadata().getLabels(), time);
            UsageObjects.stamp(object, usage);
            UsageObjects.put(object.tree(), usage);
            return object;
        });
    }
}
