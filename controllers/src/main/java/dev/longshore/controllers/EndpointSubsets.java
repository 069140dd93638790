package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.EndpointAddress;
import io.fabric8.kubernetes.api.model.EndpointPort;
import io.fabric8.kubernetes.api.model.EndpointSubset;
import io.fabric8.kubernetes.api.model.EndpointSubsetBuilder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/// The form that all subsets of Endpoints are brought into, and their limit: pure.
final class EndpointSubsets {

    /// No more addresses than these stand in one Endpoints.
    static final int MOST = 1000;

    /// Stands for the port of subsets that have none.
    private static final EndpointPort NONE = new EndpointPort();

    private static final Comparator<EndpointPort> PORTS = Comparator.comparing(
                    (EndpointPort port) -> Objects.requireNonNullElse(port.getName(), ""))
            .thenComparing(port -> Objects.requireNonNullElse(port.getProtocol(), ""))
            .thenComparing(EndpointPort::getPort);

    private EndpointSubsets() {}

    /// What makes an address another one.
    private record Identity(String address, String uid) implements Comparable<Identity> {

        static Identity of(EndpointAddress address) {
            return new Identity(
                    address.getIp(),
                    address.getTargetRef() == null
                            ? ""
                            : Objects.requireNonNullElse(address.getTargetRef().getUid(), ""));
        }

        @Override
        public int compareTo(Identity other) {
            return Comparator.comparing(Identity::address)
                    .thenComparing(Identity::uid)
                    .compare(this, other);
        }
    }

    /// The same as `subsets`, with addresses together that offer the same ports in the same state. An address that
    /// is once not ready is not ready.
    static List<EndpointSubset> repacked(List<EndpointSubset> subsets) {
        Map<Identity, EndpointAddress> addresses = new TreeMap<>();
        Map<EndpointPort, Map<Identity, Boolean>> byPort = new LinkedHashMap<>();
        for (EndpointSubset subset : subsets) {
            List<EndpointPort> ports = subset.getPorts().isEmpty() ? List.of(NONE) : subset.getPorts();
            for (EndpointPort port : ports) {
                Map<Identity, Boolean> here = byPort.computeIfAbsent(port, absent -> new TreeMap<>());
                for (boolean isReady : List.of(true, false)) {
                    for (EndpointAddress address : isReady ? subset.getAddresses() : subset.getNotReadyAddresses()) {
                        addresses.putIfAbsent(Identity.of(address), address);
                        here.merge(Identity.of(address), isReady, Boolean::logicalAnd);
                    }
                }
            }
        }
        Map<Map<Identity, Boolean>, List<EndpointPort>> byAddresses = new LinkedHashMap<>();
        byPort.forEach((port, here) -> {
            List<EndpointPort> ports = byAddresses.computeIfAbsent(here, absent -> new ArrayList<>());
            if (port != NONE) {
                ports.add(port);
            }
        });
        return byAddresses.entrySet().stream()
                .map(entry -> new EndpointSubsetBuilder()
                        .withAddresses(of(entry.getKey(), true, addresses))
                        .withNotReadyAddresses(of(entry.getKey(), false, addresses))
                        .withPorts(entry.getValue().stream().sorted(PORTS).toList())
                        .build())
                .sorted(Comparator.comparing(subset -> subset.getPorts().toString()))
                .toList();
    }

    private static List<EndpointAddress> of(
            Map<Identity, Boolean> states, boolean isReady, Map<Identity, EndpointAddress> addresses) {
        return states.entrySet().stream()
                .filter(entry -> entry.getValue() == isReady)
                .map(entry -> addresses.get(entry.getKey()))
                .toList();
    }

    /// How many addresses `subsets` have.
    static int size(List<EndpointSubset> subsets) {
        return subsets.stream()
                .mapToInt(subset -> subset.getAddresses().size()
                        + subset.getNotReadyAddresses().size())
                .sum();
    }

    /// As many of `subsets` as may be: ready ones first, of each subset its part.
    static List<EndpointSubset> truncated(List<EndpointSubset> subsets) {
        if (size(subsets) <= MOST) {
            return subsets;
        }
        int ready = subsets.stream()
                .mapToInt(subset -> subset.getAddresses().size())
                .sum();
        boolean isReadyCut = ready > MOST;
        int most = isReadyCut ? MOST : MOST - ready;
        int all = isReadyCut ? ready : size(subsets) - ready;
        int left = most;
        var result = new ArrayList<EndpointSubset>();
        for (EndpointSubset subset : subsets) {
            List<EndpointAddress> cut = isReadyCut ? subset.getAddresses() : subset.getNotReadyAddresses();
            int part = Math.min(left, (int) Math.ceil((double) cut.size() / all * most));
            List<EndpointAddress> kept = cut.subList(0, Math.min(part, cut.size()));
            left -= kept.size();
            result.add(new EndpointSubsetBuilder(subset)
                    .withAddresses(isReadyCut ? kept : subset.getAddresses())
                    .withNotReadyAddresses(isReadyCut ? List.of() : kept)
                    .build());
        }
        return result;
    }
}
