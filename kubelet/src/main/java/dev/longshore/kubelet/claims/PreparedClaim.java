package dev.longshore.kubelet.claims;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// A claim that pods of this node use.
///
/// @param pods the uids of those
/// @param drivers what each of its drivers has prepared, by the driver's name; nothing yet is an empty list
record PreparedClaim(
        String namespace, String name, String uid, Set<String> pods, Map<String, List<PreparedDevice>> drivers) {

    PreparedClaim {
        pods = Set.copyOf(pods);
        drivers = Map.copyOf(drivers);
    }

    /// A device as its driver tells of it.
    ///
    /// @param requests those of the claim's requests for which it is; empty for all
    /// @param cdi names under which runtimes know it
    record PreparedDevice(String pool, String name, Optional<String> share, List<String> requests, List<String> cdi) {
        PreparedDevice {
            requests = List.copyOf(requests);
            cdi = List.copyOf(cdi);
        }

        /// Whether who refers to `request`, or to the whole claim if that is empty, gets it.
        boolean isFor(String request) {
            return request.isEmpty() || requests.isEmpty() || requests.contains(request);
        }
    }

    PreparedClaim with(String pod) {
        var more = new TreeSet<>(pods);
        more.add(pod);
        return new PreparedClaim(namespace, name, uid, more, drivers);
    }

    PreparedClaim without(String pod) {
        var fewer = new TreeSet<>(pods);
        fewer.remove(pod);
        return new PreparedClaim(namespace, name, uid, fewer, drivers);
    }

    PreparedClaim with(String driver, List<PreparedDevice> devices) {
        var more = new TreeMap<>(drivers);
        more.put(driver, List.copyOf(devices));
        return new PreparedClaim(namespace, name, uid, pods, more);
    }

    /// Names of its devices for a container that refers to `request`; empty for the whole claim.
    Stream<String> cdi(String request) {
        return new TreeMap<>(drivers)
                .values().stream()
                        .flatMap(List::stream)
                        .filter(device -> device.isFor(request))
                        .flatMap(device -> device.cdi().stream());
    }
}
