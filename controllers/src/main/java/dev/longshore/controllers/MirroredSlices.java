package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.EndpointAddress;
import io.fabric8.kubernetes.api.model.EndpointSubset;
import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPortBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// The slices that say what an Endpoints object says, one for each set of ports and family of addresses: pure.
///
/// @param skipped how many addresses are too many for a slice
record MirroredSlices(EndpointSlices.Changes changes, int skipped) {

    static final String US = "endpointslicemirroring-controller.k8s.io";

    /// No more of each subset are mirrored.
    static final int MOST = 1000;

    private static final Set<String> NOT_COPIED = Set.of(
            "endpoints.kubernetes.io/last-change-trigger-time", "kubectl.kubernetes.io/last-applied-configuration");

    private record Group(String family, List<EndpointPort> ports) {

        static Group of(EndpointSlice slice) {
            return new Group(
                    slice.getAddressType(),
                    slice.getPorts().stream().sorted(PodEndpoints.ORDER).toList());
        }
    }

    /// Leads `present` to what `endpoints` says.
    static MirroredSlices converge(Endpoints endpoints, List<EndpointSlice> present) {
        Map<Group, Map<String, Endpoint>> wanted = new LinkedHashMap<>();
        int skipped = 0;
        for (EndpointSubset subset : EndpointSubsets.repacked(endpoints.getSubsets())) {
            skipped += collect(subset, wanted);
        }
        var changes = EndpointSlices.Changes.none();
        var left = new ArrayList<>(present);
        wanted.forEach((group, members) -> {
            List<EndpointSlice> same = present.stream()
                    .filter(slice -> group.equals(Group.of(slice)))
                    .toList();
            EndpointSlice fresh = slice(endpoints, group, List.copyOf(members.values()));
            if (same.isEmpty()) {
                changes.create().add(fresh);
                return;
            }
            EndpointSlice kept = same.getFirst();
            left.remove(kept);
            if (!isSame(kept, fresh)) {
                changes.update().add(updated(kept, fresh));
            }
        });
        changes.delete().addAll(left);
        changes.reuse(slice -> true);
        return new MirroredSlices(changes, skipped);
    }

    private static int collect(EndpointSubset subset, Map<Group, Map<String, Endpoint>> wanted) {
        var ports = subset.getPorts().stream()
                .map(MirroredSlices::port)
                .sorted(PodEndpoints.ORDER)
                .toList();
        int count = 0;
        int total = subset.getAddresses().size() + subset.getNotReadyAddresses().size();
        for (boolean isReady : List.of(true, false)) {
            for (EndpointAddress address : isReady ? subset.getAddresses() : subset.getNotReadyAddresses()) {
                if (count < MOST) {
                    count++;
                    String family = PodEndpoints.family(address.getIp());
                    wanted.computeIfAbsent(new Group(family, ports), absent -> new LinkedHashMap<>())
                            .put(address.getIp(), endpoint(address, isReady));
                }
            }
        }
        return total - count;
    }

    private static EndpointPort port(io.fabric8.kubernetes.api.model.EndpointPort port) {
        return new EndpointPortBuilder()
                .withName(Objects.requireNonNullElse(port.getName(), ""))
                .withPort(port.getPort())
                .withProtocol(port.getProtocol())
                .withAppProtocol(port.getAppProtocol())
                .build();
    }

    private static Endpoint endpoint(EndpointAddress address, boolean isReady) {
        String host = address.getHostname();
        return new EndpointBuilder()
                .withAddresses(address.getIp())
                .withNewConditions()
                .withReady(isReady)
                .endConditions()
                .withTargetRef(address.getTargetRef())
                .withNodeName(address.getNodeName())
                .withHostname(host == null || host.isEmpty() ? null : host)
                .build();
    }

    private static EndpointSlice slice(Endpoints endpoints, Group group, List<Endpoint> members) {
        var labels = new HashMap<>(
                Objects.requireNonNullElse(endpoints.getMetadata().getLabels(), Map.<String, String>of()));
        labels.put(EndpointSlices.SERVICE, endpoints.getMetadata().getName());
        labels.put(EndpointSlices.KEEPER, US);
        var annotations = new HashMap<>(StorageClaims.annotations(endpoints));
        annotations.keySet().removeAll(NOT_COPIED);
        return new EndpointSliceBuilder()
                .withNewMetadata()
                .withNamespace(endpoints.getMetadata().getNamespace())
                .withGenerateName(EndpointSlices.prefix(endpoints.getMetadata().getName()))
                .withLabels(labels)
                .withAnnotations(annotations)
                .withOwnerReferences(Keys.controlledBy(endpoints))
                .endMetadata()
                .withAddressType(group.family)
                .withPorts(group.ports)
                .withEndpoints(members)
                .build();
    }

    private static boolean isSame(EndpointSlice present, EndpointSlice fresh) {
        return present.getEndpoints().equals(fresh.getEndpoints())
                && fresh.getMetadata().getLabels().equals(present.getMetadata().getLabels())
                && fresh.getMetadata().getAnnotations().equals(StorageClaims.annotations(present));
    }

    private static EndpointSlice updated(EndpointSlice present, EndpointSlice fresh) {
        return new EndpointSliceBuilder(present)
                .editMetadata()
                .withLabels(fresh.getMetadata().getLabels())
                .withAnnotations(fresh.getMetadata().getAnnotations())
                .withOwnerReferences(fresh.getMetadata().getOwnerReferences())
                .endMetadata()
                .withEndpoints(fresh.getEndpoints())
                .build();
    }
}
