package dev.longshore.docker;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Which of a container's networks has its default routes, for each family: of those that lead out, the one with the
/// highest priority, then the first by name.
record WayOuts(Optional<String> four, Optional<String> six) {

    static WayOuts of(Collection<Endpoint> endpoints, Networks networks) {
        List<Endpoint> leadingOut = endpoints.stream()
                .filter(endpoint -> networks.find(endpoint.networkId())
                        .filter(network -> network.isBridge() && !network.isInternal())
                        .isPresent())
                .sorted(Comparator.comparingInt(
                                (Endpoint endpoint) -> -endpoint.wish().priority())
                        .thenComparing(Endpoint::networkName))
                .toList();
        return new WayOuts(
                leadingOut.stream().map(Endpoint::networkId).findFirst(),
                leadingOut.stream()
                        .map(Endpoint::networkId)
                        .filter(id -> networks.get(id).pool6().isPresent())
                        .findFirst());
    }

    Seats.WayOut by(String network) {
        return new Seats.WayOut(
                four.filter(network::equals).isPresent(),
                six.filter(network::equals).isPresent());
    }
}
