package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// Spreads the endpoints of one family over slices of at most a hundred, changing as few slices as it can. Pure.
///
/// ```
/// 1  each slice keeps what is still wanted of it; one that loses all is given up
/// 2  slices that change anyway take the rest, the fullest first
/// 3  what is left goes into the one unchanged slice that it fills best, else into new ones
/// ```
final class EndpointSlices {

    static final String SERVICE = "kubernetes.io/service-name";
    static final String KEEPER = "endpointslice.kubernetes.io/managed-by";
    static final String US = "endpointslice-controller.k8s.io";

    private static final String HEADLESS = "service.kubernetes.io/headless";
    private static final Set<String> RESERVED = Set.of(SERVICE, KEEPER, HEADLESS);
    private static final int MOST = 100;
    private static final int LONGEST_PREFIX = 252;

    /// What to do to the slices that are there. What is created or updated is ours to change.
    record Changes(List<EndpointSlice> create, List<EndpointSlice> update, List<EndpointSlice> delete) {

        static Changes none() {
            return new Changes(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        }

        /// Those of `present` that stay as they are.
        List<EndpointSlice> unchanged(List<EndpointSlice> present) {
            var changed = new HashSet<String>();
            update.forEach(slice -> changed.add(slice.getMetadata().getName()));
            delete.forEach(slice -> changed.add(slice.getMetadata().getName()));
            return present.stream()
                    .filter(slice -> !changed.contains(slice.getMetadata().getName()))
                    .toList();
        }

        /// Turns slices that are to go into those of their family that are to come: one write for two.
        ///
        /// @param isOurs those of a former owner are left to the garbage collector
        void reuse(Predicate<EndpointSlice> isOurs) {
            for (EndpointSlice gone : List.copyOf(delete)) {
                Optional<EndpointSlice> made = create.stream()
                        .filter(slice ->
                                isOurs.test(gone) && slice.getAddressType().equals(gone.getAddressType()))
                        .findFirst();
                made.ifPresent(slice -> {
                    create.remove(slice);
                    delete.remove(gone);
                    slice.getMetadata().setName(gone.getMetadata().getName());
                    slice.getMetadata().setGenerateName(null);
                    update.add(slice);
                });
            }
        }
    }

    /// What makes an endpoint the same one as before.
    private record Identity(List<String> addresses, String host, String namespace, String name) {

        static Identity of(Endpoint endpoint) {
            ObjectReference target = endpoint.getTargetRef();
            return new Identity(
                    endpoint.getAddresses().stream().sorted().toList(),
                    Objects.requireNonNullElse(endpoint.getHostname(), ""),
                    target == null ? "" : Objects.requireNonNullElse(target.getNamespace(), ""),
                    target == null ? "" : Objects.requireNonNullElse(target.getName(), ""));
        }
    }

    private EndpointSlices() {}

    /// Leads `present`, all of `family`, to what `pods`, which `service` selects, are for it.
    ///
    /// @param nodes finds nodes by name
    /// @param lost gets the pods that were left out because their node is not known
    static Changes converge(
            Service service,
            String family,
            List<Pod> pods,
            Function<String, Optional<Node>> nodes,
            List<EndpointSlice> present,
            List<Pod> lost) {
        Changes changes = Changes.none();
        Map<List<EndpointPort>, List<EndpointSlice>> slices = new LinkedHashMap<>();
        for (EndpointSlice slice : present) {
            if (isOf(slice, service)) {
                slices.computeIfAbsent(ports(slice), absent -> new ArrayList<>())
                        .add(slice);
            } else {
                changes.delete.add(slice);
            }
        }
        Map<List<EndpointPort>, Map<Identity, Endpoint>> wanted = new LinkedHashMap<>();
        for (Pod pod : pods) {
            if (PodEndpoints.belongs(pod)) {
                var group = wanted.computeIfAbsent(PodEndpoints.ports(service, pod), absent -> new LinkedHashMap<>());
                Optional<Node> node =
                        Optional.ofNullable(pod.getSpec().getNodeName()).flatMap(nodes);
                if (node.isEmpty() && !Boolean.TRUE.equals(service.getSpec().getPublishNotReadyAddresses())) {
                    lost.add(pod);
                    continue;
                }
                Endpoint endpoint = PodEndpoints.endpoint(pod, node, service, family);
                if (!endpoint.getAddresses().isEmpty()) {
                    group.put(Identity.of(endpoint), endpoint);
                }
            }
        }
        wanted.forEach((ports, endpoints) ->
                place(service, family, ports, endpoints, slices.getOrDefault(ports, List.of()), changes));
        slices.forEach((ports, unwanted) -> {
            if (!wanted.containsKey(ports)) {
                changes.delete.addAll(unwanted);
            }
        });
        leaveOne(service, family, present, changes);
        return changes;
    }

    /// A Service without endpoints keeps one slice that says so.
    private static void leaveOne(Service service, String family, List<EndpointSlice> present, Changes changes) {
        if (present.size() != changes.delete.size() || !changes.create.isEmpty()) {
            return;
        }
        EndpointSlice empty = slice(service, family, List.of(), List.of());
        boolean isThere = changes.delete.size() == 1 && isSame(changes.delete.getFirst(), empty);
        if (isThere) {
            changes.delete.clear();
        } else {
            changes.create.add(empty);
        }
    }

    private static boolean isSame(EndpointSlice present, EndpointSlice empty) {
        return present.getEndpoints().isEmpty()
                && present.getPorts().isEmpty()
                && labels(present).equals(labels(empty))
                && present.getMetadata().getOwnerReferences().size() == 1
                && Objects.equals(
                        present.getMetadata().getNamespace(),
                        empty.getMetadata().getNamespace());
    }

    private static void place(
            Service service,
            String family,
            List<EndpointPort> ports,
            Map<Identity, Endpoint> unplaced,
            List<EndpointSlice> present,
            Changes changes) {
        var changing = new ArrayList<EndpointSlice>();
        var unchanged = new ArrayList<EndpointSlice>();
        for (EndpointSlice slice : present) {
            var kept = new ArrayList<Endpoint>();
            boolean isChanged = false;
            for (Endpoint endpoint : slice.getEndpoints()) {
                Endpoint still = unplaced.remove(Identity.of(endpoint));
                if (still != null) {
                    kept.add(still);
                    isChanged |= !isSame(still, endpoint);
                }
            }
            if (isChanged || kept.size() != slice.getEndpoints().size()) {
                if (kept.isEmpty()) {
                    changes.delete.add(slice);
                } else {
                    changing.add(with(slice, service, kept));
                }
            } else if (isLabelledOtherwise(slice, service)) {
                changing.add(with(slice, service, slice.getEndpoints()));
            } else {
                unchanged.add(slice);
            }
        }
        changing.sort(Comparator.comparingInt(slice -> -slice.getEndpoints().size()));
        changing.forEach(slice -> fill(slice.getEndpoints(), unplaced));
        changes.update.addAll(changing);
        while (!unplaced.isEmpty()) {
            Optional<EndpointSlice> room =
                    unplaced.size() < MOST ? bestFilled(unchanged, unplaced.size()) : Optional.empty();
            unchanged.remove(room.orElse(null));
            EndpointSlice filled = room.map(slice -> new EndpointSliceBuilder(slice).build())
                    .orElseGet(() -> slice(service, family, ports, new ArrayList<>()));
            fill(filled.getEndpoints(), unplaced);
            (room.isPresent() ? changes.update : changes.create).add(filled);
        }
    }

    /// The slice that is nearest to full with `count` more.
    private static Optional<EndpointSlice> bestFilled(List<EndpointSlice> slices, int count) {
        return slices.stream()
                .filter(slice -> slice.getEndpoints().size() + count <= MOST)
                .max(Comparator.comparingInt(slice -> slice.getEndpoints().size()));
    }

    private static void fill(List<Endpoint> here, Map<Identity, Endpoint> unplaced) {
        var rest = unplaced.values().iterator();
        while (here.size() < MOST && rest.hasNext()) {
            here.add(rest.next());
            rest.remove();
        }
    }

    /// Beyond who they are; hints are no part of it.
    private static boolean isSame(Endpoint one, Endpoint other) {
        return Objects.equals(one.getNodeName(), other.getNodeName())
                && Objects.equals(one.getZone(), other.getZone())
                && Objects.equals(one.getConditions(), other.getConditions())
                && Objects.equals(uid(one), uid(other));
    }

    private static String uid(Endpoint endpoint) {
        return endpoint.getTargetRef() == null ? null : endpoint.getTargetRef().getUid();
    }

    private static List<EndpointPort> ports(EndpointSlice slice) {
        return slice.getPorts().stream().sorted(PodEndpoints.ORDER).toList();
    }

    /// True if `slice` was made for this very `service`.
    static boolean isOf(EndpointSlice slice, Service service) {
        return slice.getMetadata().getOwnerReferences().stream()
                .anyMatch(owner -> owner.getUid().equals(service.getMetadata().getUid())
                        && owner.getKind().equals("Service")
                        && owner.getApiVersion().equals("v1"));
    }

    private static EndpointSlice with(EndpointSlice slice, Service service, List<Endpoint> endpoints) {
        return new EndpointSliceBuilder(slice)
                .editMetadata()
                .withLabels(labels(service))
                .endMetadata()
                .withEndpoints(endpoints)
                .build();
    }

    private static EndpointSlice slice(
            Service service, String family, List<EndpointPort> ports, List<Endpoint> endpoints) {
        return new EndpointSliceBuilder()
                .withNewMetadata()
                .withNamespace(service.getMetadata().getNamespace())
                .withGenerateName(prefix(service.getMetadata().getName()))
                .withLabels(labels(service))
                .withOwnerReferences(Keys.controlledBy(service))
                .endMetadata()
                .withAddressType(family)
                .withPorts(ports)
                .withEndpoints(endpoints)
                .build();
    }

    /// What the names of slices of `owner` begin with.
    static String prefix(String owner) {
        return owner.length() > LONGEST_PREFIX ? owner : owner + "-";
    }

    private static Map<String, String> labels(EndpointSlice slice) {
        return Objects.requireNonNullElse(slice.getMetadata().getLabels(), Map.of());
    }

    private static boolean isLabelledOtherwise(EndpointSlice slice, Service service) {
        return !unreserved(labels(slice))
                .equals(unreserved(service.getMetadata().getLabels()));
    }

    private static Map<String, String> unreserved(Map<String, String> labels) {
        return labels == null
                ? Map.of()
                : labels.entrySet().stream()
                        .filter(label -> !RESERVED.contains(label.getKey()))
                        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static Map<String, String> labels(Service service) {
        var labels = new HashMap<>(unreserved(service.getMetadata().getLabels()));
        labels.put(SERVICE, service.getMetadata().getName());
        labels.put(KEEPER, US);
        if (PodEndpoints.isHeadless(service)) {
            labels.put(HEADLESS, "");
        }
        return labels;
    }
}
