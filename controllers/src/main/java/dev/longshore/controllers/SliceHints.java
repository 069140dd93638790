package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointHints;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointHintsBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/// Which clients an endpoint is meant for, as `spec.trafficDistribution` asks: those of its zone, or of its node.
/// Pure.
final class SliceHints {

    private static final String SAME_NODE = "PreferSameNode";
    private static final Set<String> NEAR = Set.of("PreferClose", "PreferSameZone", SAME_NODE);
    private static final String MODE = "service.kubernetes.io/topology-mode";
    private static final String OLD_MODE = "service.kubernetes.io/topology-aware-hints";

    private SliceHints() {}

    /// True if hints are to follow from how zones and endpoints are spread ([ZoneHints]): this goes before the
    /// field.
    static boolean areByZones(Service service) {
        Map<String, String> annotations = StorageClaims.annotations(service);
        String mode = annotations.getOrDefault(OLD_MODE, annotations.getOrDefault(MODE, ""));
        return mode.equals("Auto") || mode.equals("auto");
    }

    /// True if `service` wants traffic to stay near.
    static boolean areByDistance(Service service) {
        String wish = service.getSpec().getTrafficDistribution();
        return wish != null && NEAR.contains(wish) && !areByZones(service);
    }

    /// Gives each ready endpoint its hints, also in those of `unchanged` where they are other than they should be.
    static void near(Service service, EndpointSlices.Changes changes, List<EndpointSlice> unchanged) {
        boolean byNode = SAME_NODE.equals(service.getSpec().getTrafficDistribution());
        unchanged.stream()
                .filter(slice -> slice.getEndpoints().stream()
                        .anyMatch(endpoint -> isReady(endpoint) && !isHinted(endpoint, byNode)))
                .forEach(slice -> changes.update().add(new EndpointSliceBuilder(slice).build()));
        changed(changes)
                .forEach(slice -> slice.getEndpoints().stream()
                        .filter(SliceHints::isReady)
                        .forEach(endpoint -> endpoint.setHints(hints(endpoint, byNode))));
    }

    /// Takes all hints away.
    static void none(EndpointSlices.Changes changes, List<EndpointSlice> unchanged) {
        unchanged.stream()
                .filter(slice -> slice.getEndpoints().stream().anyMatch(endpoint -> endpoint.getHints() != null))
                .forEach(slice -> changes.update().add(new EndpointSliceBuilder(slice).build()));
        changed(changes).forEach(slice -> slice.getEndpoints().forEach(endpoint -> endpoint.setHints(null)));
    }

    static boolean isReady(Endpoint endpoint) {
        return endpoint.getConditions() != null
                && Boolean.TRUE.equals(endpoint.getConditions().getReady());
    }

    private static List<EndpointSlice> changed(EndpointSlices.Changes changes) {
        return Stream.concat(changes.create().stream(), changes.update().stream())
                .toList();
    }

    private static boolean isHinted(Endpoint endpoint, boolean byNode) {
        EndpointHints wanted = Objects.requireNonNullElseGet(hints(endpoint, byNode), EndpointHints::new);
        EndpointHints present = Objects.requireNonNullElseGet(endpoint.getHints(), EndpointHints::new);
        return wanted.getForZones().equals(present.getForZones())
                && wanted.getForNodes().equals(present.getForNodes());
    }

    /// Null for none, as the field is.
    private static EndpointHints hints(Endpoint endpoint, boolean byNode) {
        boolean hasNode = byNode && endpoint.getNodeName() != null;
        if (endpoint.getZone() == null && !hasNode) {
            return null;
        }
        var hints = new EndpointHintsBuilder();
        if (endpoint.getZone() != null) {
            hints.addNewForZone(endpoint.getZone());
        }
        if (hasNode) {
            hints.addNewForNode(endpoint.getNodeName());
        }
        return hints.build();
    }
}
