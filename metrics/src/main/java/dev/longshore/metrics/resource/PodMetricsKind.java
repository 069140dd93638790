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
import dev.longshore.model.LabelSelector;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.VirtualResource;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import tools.jackson.databind.node.ArrayNode;

/// What the containers of running pods use.
record PodMetricsKind(Supplier<ClusterView> cluster, UsageBook book, Time time) implements VirtualResource {

    ResourceDefinition definition(KindsContext context) {
        return KindBuilder.kind(context, VERSION, "PodMetrics", "pods")
                .singular("")
                .verbs("get", "list")
                .virtual(this)
                .table(UsageTable.TABLE)
                .build();
    }

    @Override
    public Optional<Resource> get(Call call, Registry registry, String namespace, String name) {
        Pod pod = cluster.get()
                .pod(namespace, name)
                .orElseThrow(() -> new FaultException(new Fault.NotFound(new GroupResource("", "pods"), name)));
        return Optional.of(metrics(pod)
                .orElseThrow(() -> new FaultException(
                        new Fault.NotFound(UsageObjects.unknown("podmetrics"), namespace + "/" + name))));
    }

    @Override
    public List<Resource> list(Call call, Registry registry, String namespace, LabelSelector labels) {
        return cluster.get().pods(namespace).stream()
                // Autoscalers ask for a few of many, again and again.
                .filter(pod -> labels.fits(
                        Optional.ofNullable(pod.getMetadata().getLabels()).orElse(Map.of())))
                .sorted(Comparator.comparing((Pod pod) -> pod.getMetadata().getNamespace())
                        .thenComparing(pod -> pod.getMetadata().getName()))
                .flatMap(pod -> metrics(pod).stream())
                .toList();
    }

    private Optional<Resource> metrics(Pod pod) {
        boolean isRunning =
                pod.getStatus() != null && "Running".equals(pod.getStatus().getPhase());
        String node = pod.getSpec().getNodeName();
        if (!isRunning || node == null) {
            return Optional.empty();
        }
        var meta = pod.getMetadata();
        Map<String, Usage> containers = book.pod(node, new PodKey(meta.getNamespace(), meta.getName()));
        return containers.values().stream()
                .min(Comparator.comparing(Usage::at))
                .map(earliest -> metrics(pod, earliest, containers));
    }

    private Resource metrics(Pod pod, Usage earliest, Map<String, Usage> containers) {
        var meta = pod.getMetadata();
        Resource object = UsageObjects.named("PodMetrics", meta.getNamespace(), meta.getName(), meta.getLabels(), time);
        UsageObjects.stamp(object, earliest);
        ArrayNode list = object.tree().putArray("containers");
        new TreeMap<>(containers)
                .forEach((name, usage) -> UsageObjects.put(list.addObject().put("name", name), usage));
        return object;
    }
}
