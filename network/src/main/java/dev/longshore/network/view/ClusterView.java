package dev.longshore.network.view;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// An immutable picture of all services, their endpoints and the policies between pods.
///
/// @param services in order of their names, so that what is computed from them is stable
/// @param slices by service
/// @param namespaces their labels by name
/// @param pods only those of nodes' pods that policies may be about: empty while there is no policy
public record ClusterView(
        Map<ObjectName, ServiceView> services,
        Map<ObjectName, List<SliceView>> slices,
        Map<String, Map<String, String>> namespaces,
        List<PolicyView> policies,
        List<PodView> pods) {

    /// Nothing at all.
    public static final ClusterView EMPTY = of(List.of(), List.of(), Set.of());

    /// The picture of these, without policies and labels.
    public static ClusterView of(
            Collection<ServiceView> services, Collection<SliceView> slices, Collection<String> namespaces) {
        var ordered = new TreeMap<ObjectName, ServiceView>();
        services.forEach(service -> ordered.put(service.name(), service));
        var byService = slices.stream()
                .sorted(Comparator.comparing(SliceView::name))
                .collect(Collectors.groupingBy(SliceView::service));
        var labels = new TreeMap<String, Map<String, String>>();
        namespaces.forEach(namespace -> labels.put(namespace, Map.of()));
        return new ClusterView(ordered, byService, labels, List.of(), List.of());
    }

    /// The same with policies and the pods they may be about.
    public ClusterView withPolicies(
            Map<String, Map<String, String>> namespaceLabels, List<PolicyView> allPolicies, List<PodView> allPods) {
        return new ClusterView(
                services,
                slices,
                new TreeMap<>(namespaceLabels),
                allPolicies.stream()
                        .sorted(Comparator.comparing(PolicyView::name))
                        .toList(),
                allPods.stream().sorted(Comparator.comparing(PodView::name)).toList());
    }

    /// The slices of `service`, in order of their names.
    public List<SliceView> slicesOf(ObjectName service) {
        return slices.getOrDefault(service, List.of());
    }
}
