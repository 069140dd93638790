package dev.longshore.network.dns;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// The names of the Docker engine's containers: who asks decides which of them exist. Immutable.
///
/// ```
/// CLIENT 172.18.0.2 front        whoever has this address is on the network `front`
/// HOST web front 172.18.0.3      on `front`, `web` is this address
/// ```
final class EngineZone {

    static final EngineZone EMPTY = new EngineZone();
    private static final int FIELDS = 4;

    private final Map<String, Set<String>> networks = new HashMap<>();
    private final Map<String, Map<String, Set<String>>> hosts = new HashMap<>();

    private EngineZone() {}

    /// What `lines` spell; those that say nothing are skipped.
    static EngineZone parse(List<String> lines) {
        var zone = new EngineZone();
        for (String line : lines) {
            String[] fields = line.split(" ");
            if (fields.length == FIELDS - 1 && fields[0].equals("CLIENT")) {
                zone.networks.computeIfAbsent(fields[1], any -> new HashSet<>()).add(fields[2]);
            } else if (fields.length == FIELDS && fields[0].equals("HOST")) {
                zone.hosts
                        .computeIfAbsent(fields[1], any -> new HashMap<>())
                        .computeIfAbsent(fields[2], any -> new TreeSet<>())
                        .add(fields[3]);
            }
        }
        return zone;
    }

    /// The addresses of `name` (lower case, without a last dot) for who asks from `client`; empty when there is no
    /// such name on any of its networks.
    Optional<Set<String>> find(String client, String name) {
        Map<String, Set<String>> everywhere = hosts.getOrDefault(name, Map.of());
        var found = new TreeSet<String>();
        for (String network : networks.getOrDefault(client, Set.of())) {
            found.addAll(everywhere.getOrDefault(network, Set.of()));
        }
        return found.isEmpty() ? Optional.empty() : Optional.of(found);
    }
}
