package dev.longshore.network;

import dev.longshore.network.view.ClusterView;
import dev.longshore.network.view.ServiceView;
import dev.longshore.network.view.SliceView;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Which endpoints of a service's port take connections: the ready ones; if there is none, those that still
/// serve while they terminate, so that the last pods of a service go without a gap. Asked once for the cluster
/// and once for this node, since a node's own may all be on the way out while others are ready.
///
/// @param cluster wherever they are
/// @param local those on this node
record EndpointChoice(List<Target> cluster, List<Target> local) {

    /// An address and port to which connections are led.
    record Target(String address, int port) implements Comparable<Target> {
        @Override
        public int compareTo(Target other) {
            int byAddress = address.compareTo(other.address);
            return byAddress != 0 ? byAddress : Integer.compare(port, other.port);
        }
    }

    private record Candidate(SliceView.Endpoint endpoint, Target target) {}

    /// The choice for `port` of `service`, on `node`.
    static EndpointChoice of(ClusterView view, ServiceView service, ServiceView.Port port, String node) {
        List<Candidate> all = view.slicesOf(service.name()).stream()
                .flatMap(slice -> candidates(slice, port))
                .toList();
        return new EndpointChoice(
                best(all, any -> true),
                best(
                        all,
                        candidate ->
                                candidate.endpoint().node().filter(node::equals).isPresent()));
    }

    private static Stream<Candidate> candidates(SliceView slice, ServiceView.Port port) {
        return slice.ports().stream()
                .filter(p -> p.name().equals(port.name()) && p.protocol().equals(port.protocol()))
                .flatMap(p -> slice.endpoints().stream()
                        .map(endpoint -> new Candidate(endpoint, new Target(endpoint.address(), p.port()))));
    }

    private static List<Target> best(List<Candidate> all, Predicate<Candidate> where) {
        List<Target> ready =
                targets(all, where.and(candidate -> candidate.endpoint().ready()));
        return ready.isEmpty()
                ? targets(all, where.and(candidate -> candidate.endpoint().isServingTerminating()))
                : ready;
    }

    private static List<Target> targets(List<Candidate> all, Predicate<Candidate> which) {
        return all.stream()
                .filter(which)
                .map(Candidate::target)
                .distinct()
                .sorted()
                .toList();
    }
}
