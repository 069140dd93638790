package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointHintsBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.ForZone;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Which zone's clients an endpoint is meant for, so that each zone has endpoints in proportion to its processors:
/// what `service.kubernetes.io/topology-mode: Auto` asks. Remembers what it gave, to leave it while it does.
/// Thread-safe.
final class ZoneHints {

    private static final String DISABLED = "TopologyAwareHintsDisabled";
    private static final double WHOLE = 1.0;
    private static final double HALF = 0.5;

    private final Map<String, Map<String, Map<String, Integer>>> given = new HashMap<>();
    private final Set<String> hinted = new HashSet<>();
    private Optional<ZoneShares> shares = Optional.empty();

    /// These are the nodes now.
    ///
    /// @return the Services that are to be looked at, since a zone has too few of their endpoints
    synchronized List<String> nodes(Collection<Node> nodes) {
        shares = ZoneShares.of(nodes);
        return given.entrySet().stream()
                .filter(entry -> entry.getValue().values().stream()
                        .anyMatch(zones -> !zones.isEmpty()
                                && shares.map(known -> known.areOverloaded(zones))
                                        .orElse(true)))
                .map(Map.Entry::getKey)
                .toList();
    }

    /// Gives the ready endpoints of `family` their hints; or takes all away, when that cannot be done well.
    ///
    /// @param unchanged slices that are not to change for other reasons
    /// @return what is to be told
    synchronized List<Note> advise(
            String service, String family, EndpointSlices.Changes changes, List<EndpointSlice> unchanged) {
        var staying = new ArrayList<>(unchanged);
        long ready = Stream.of(changes.create(), changes.update(), staying)
                .flatMap(List::stream)
                .flatMap(slice -> slice.getEndpoints().stream())
                .filter(SliceHints::isReady)
                .count();
        if (shares.isEmpty()) {
            return none(
                    "Insufficient Node information: allocatable CPU or zone not specified on one or more nodes",
                    service,
                    family,
                    changes,
                    staying);
        }
        int zones = shares.get().parts().size();
        if (zones > ready) {
            return none(counted("Insufficient number of endpoints", ready, zones), service, family, changes, staying);
        }
        Optional<Map<String, ZoneShares.Due>> due = shares.get().due((int) ready);
        if (due.isEmpty()) {
            return none(
                    counted(
                            "Unable to allocate minimum required endpoints to each zone without exceeding overload"
                                    + " threshold",
                            ready,
                            zones),
                    service,
                    family,
                    changes,
                    staying);
        }
        return given(service, family, due.get(), changes, staying);
    }

    private static String counted(String what, long endpoints, int zones) {
        return "%s (%d endpoints, %d zones)".formatted(what, endpoints, zones);
    }

    private List<Note> none(
            String why, String service, String family, EndpointSlices.Changes changes, List<EndpointSlice> staying) {
        forget(service, family);
        SliceHints.none(changes, staying);
        return List.of(Note.warning(DISABLED, withFamily(why, family)));
    }

    /// What is said of one family of addresses.
    static String withFamily(String what, String family) {
        return what + ", addressType: " + family;
    }

    private List<Note> given(
            String service,
            String family,
            Map<String, ZoneShares.Due> due,
            EndpointSlices.Changes changes,
            List<EndpointSlice> staying) {
        Map<String, Integer> zones = kept(due, changes, staying);
        List<Endpoint> free = Stream.concat(changes.create().stream(), changes.update().stream())
                .flatMap(slice -> slice.getEndpoints().stream())
                .filter(SliceHints::isReady)
                .toList();
        if (free.stream().anyMatch(endpoint -> text(endpoint.getZone()).isEmpty())) {
            return none("One or more endpoints do not have a zone specified", service, family, changes, staying);
        }
        free.forEach(endpoint -> {
            hint(endpoint, endpoint.getZone());
            zones.merge(endpoint.getZone(), 1, Integer::sum);
        });
        move(free, zones, due);
        if (zones.isEmpty()) {
            return none("No hints allocated for zones", service, family, changes, staying);
        }
        given.computeIfAbsent(service, absent -> new HashMap<>()).put(family, zones);
        return hinted.add(service)
                ? List.of(Note.normal(
                        "TopologyAwareHintsEnabled", withFamily("Topology Aware Hints has been enabled", family)))
                : List.of();
    }

    /// The zones of the hints that stay; slices whose hints cannot stay are to be changed too.
    private static Map<String, Integer> kept(
            Map<String, ZoneShares.Due> due, EndpointSlices.Changes changes, List<EndpointSlice> staying) {
        var kept = new TreeMap<String, Integer>();
        for (EndpointSlice slice : List.copyOf(staying)) {
            Optional<Map<String, Integer>> here = zones(slice, kept, due);
            if (here.isPresent()) {
                here.get().forEach((zone, count) -> kept.merge(zone, count, Integer::sum));
            } else {
                staying.remove(slice);
                changes.update().add(new EndpointSliceBuilder(slice).build());
            }
        }
        return kept;
    }

    /// How many hints `slice` gives to each zone; empty when they cannot stay.
    private static Optional<Map<String, Integer>> zones(
            EndpointSlice slice, Map<String, Integer> before, Map<String, ZoneShares.Due> due) {
        var zones = new TreeMap<String, Integer>();
        for (Endpoint endpoint : slice.getEndpoints()) {
            if (!SliceHints.isReady(endpoint)) {
                continue;
            }
            List<ForZone> hints = endpoint.getHints() == null
                    ? List.of()
                    : endpoint.getHints().getForZones();
            if (hints.isEmpty() || hints.stream().anyMatch(hint -> !due.containsKey(hint.getName()))) {
                return Optional.empty();
            }
            hints.forEach(hint -> zones.merge(hint.getName(), 1, Integer::sum));
        }
        boolean areTooMany = zones.entrySet().stream()
                .anyMatch(entry -> entry.getValue() + before.getOrDefault(entry.getKey(), 0)
                        > due.get(entry.getKey()).most());
        return areTooMany ? Optional.empty() : Optional.of(zones);
    }

    /// Gives endpoints of zones that have too many to those that have too few.
    private static void move(List<Endpoint> free, Map<String, Integer> zones, Map<String, ZoneShares.Due> due) {
        var over = new TreeMap<String, Double>();
        var under = new TreeMap<String, Double>();
        due.forEach((zone, share) -> {
            double difference = zones.getOrDefault(zone, 0) - share.wanted();
            if (difference > 0) {
                over.put(zone, difference);
            } else if (difference < 0) {
                under.put(zone, -difference);
            }
        });
        while (true) {
            Optional<String> giver = most(over);
            Optional<String> taker = most(under);
            if (giver.isEmpty() || taker.isEmpty() || !isWorthIt(over.get(giver.get()), under.get(taker.get()))) {
                return;
            }
            over.merge(giver.get(), -WHOLE, Double::sum);
            under.merge(taker.get(), -WHOLE, Double::sum);
            Optional<Endpoint> moved = free.stream()
                    .filter(endpoint -> giver.get().equals(endpoint.getZone())
                            && giver.get()
                                    .equals(endpoint.getHints()
                                            .getForZones()
                                            .getFirst()
                                            .getName()))
                    .findFirst();
            if (moved.isPresent()) {
                hint(moved.get(), taker.get());
                zones.merge(giver.get(), -1, Integer::sum);
                zones.merge(taker.get(), 1, Integer::sum);
            }
        }
    }

    private static boolean isWorthIt(double over, double under) {
        return over >= HALF && under >= HALF && (over >= WHOLE || under >= WHOLE);
    }

    private static Optional<String> most(Map<String, Double> zones) {
        return zones.entrySet().stream()
                .filter(entry -> entry.getValue() > 0)
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey);
    }

    private static void hint(Endpoint endpoint, String zone) {
        endpoint.setHints(new EndpointHintsBuilder().addNewForZone(zone).build());
    }

    private static String text(String text) {
        return text == null ? "" : text;
    }

    /// True if endpoints of `service` have hints of ours.
    synchronized boolean isHinted(String service) {
        return hinted.contains(service);
    }

    /// Nothing is given to the endpoints of `service` in `family` any more.
    synchronized void forget(String service, String family) {
        Map<String, Map<String, Integer>> families = given.get(service);
        if (families != null) {
            families.remove(family);
            if (families.isEmpty()) {
                given.remove(service);
            }
        }
        hinted.remove(service);
    }
}
