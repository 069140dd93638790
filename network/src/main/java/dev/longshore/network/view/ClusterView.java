package dev.longshore.network.view;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// An immutable picture of all services and their endpoints.
///
/// @param services in order of their names, so that what is computed from them is stable
/// @param slices by service
public record ClusterView(
        Map<ObjectName, ServiceView> services, Map<ObjectName, List<SliceView>> slices, Set<String> namespaces) {

    /// Nothing at all.
    public static final ClusterView EMPTY = of(List.of(), List.of(), Set.of());

    /// The picture of these.
    public static ClusterView of(
            Collection<ServiceView> services, Collection<SliceView> slices, Collection<String> namespaces) {
        var ordered = new TreeMap<ObjectName, ServiceView>();
        services.forEach(service -> ordered.put(service.name(), service));
        var byService = slices.stream()
                .sorted(Comparator.comparing(SliceView::name))
                .collect(Collectors.groupingBy(SliceView::service));
        return new ClusterView(ordered, byService, new TreeSet<>(namespaces));
    }

    /// The slices of `service`, in order of their names.
    public List<SliceView> slicesOf(ObjectName service) {
        return slices.getOrDefault(service, List.of());
    }
}
