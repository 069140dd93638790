package dev.longshore.kubelet.pods;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// What the node has granted to a pod: to each container by its name, and to the pod as a whole under no name.
record Allocation(Map<String, ResourceRequirements> byContainer) {

    private static final String WHOLE = "";
    private static final List<String> RESIZABLE = List.of("cpu", "memory");

    /// All that `pod` asks for.
    static Allocation of(Pod pod) {
        var all = new LinkedHashMap<String, ResourceRequirements>();
        all.put(WHOLE, orNothing(pod.getSpec().getResources()));
        pod.getSpec().getInitContainers().forEach(one -> all.put(one.getName(), orNothing(one.getResources())));
        pod.getSpec().getContainers().forEach(one -> all.put(one.getName(), orNothing(one.getResources())));
        return new Allocation(all);
    }

    /// What an earlier run has said of the containers that run.
    static Allocation told(Pod pod, Map<String, ContainerRecord> records) {
        var all = new LinkedHashMap<>(of(pod).byContainer);
        all.replaceAll((name, wanted) -> Optional.ofNullable(records.get(name))
                .flatMap(record -> record.actual)
                .orElse(wanted));
        return new Allocation(all);
    }

    /// `pod`, but with this.
    Pod in(Pod pod) {
        if (equals(of(pod))) {
            return pod;
        }
        ResourceRequirements whole = byContainer.get(WHOLE);
        return new PodBuilder(pod)
                .editSpec()
                .withResources(pod.getSpec().getResources() == null ? null : whole)
                .withInitContainers(
                        pod.getSpec().getInitContainers().stream().map(this::in).toList())
                .withContainers(
                        pod.getSpec().getContainers().stream().map(this::in).toList())
                .endSpec()
                .build();
    }

    private Container in(Container container) {
        return new ContainerBuilder(container)
                .withResources(byContainer.getOrDefault(container.getName(), orNothing(container.getResources())))
                .build();
    }

    static ResourceRequirements orNothing(ResourceRequirements resources) {
        return Objects.requireNonNullElseGet(resources, ResourceRequirements::new);
    }

    /// Whether both give the same of what can be resized; what is not known is the same as anything.
    static boolean isSame(Optional<ResourceRequirements> actual, ResourceRequirements wanted) {
        return RESIZABLE.stream().allMatch(resource -> isSame(actual, wanted, resource));
    }

    static boolean isSame(Optional<ResourceRequirements> actual, ResourceRequirements wanted, String resource) {
        return actual.isEmpty()
                || isSame(actual.get().getRequests(), orNothing(wanted).getRequests(), resource)
                        && isSame(actual.get().getLimits(), orNothing(wanted).getLimits(), resource);
    }

    private static boolean isSame(Map<String, Quantity> one, Map<String, Quantity> other, String resource) {
        return Objects.equals(one == null ? null : one.get(resource), other == null ? null : other.get(resource));
    }
}
