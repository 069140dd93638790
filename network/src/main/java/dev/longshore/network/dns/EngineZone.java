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
/// LINK 172.18.0.2 db 172.18.0.9  for whoever has the first address, `db` is the second
/// ```
final class EngineZone {

    static final EngineZone EMPTY = new EngineZone();
    private static final int FIELDS = 4;

    private final Map<String, Set<String>> networks = new HashMap<>();
    private final Map<String, Map<String, Set<String>>> hosts = new HashMap<>();
    private final Map<String, Map<String, Set<String>>> links = new HashMap<>();

    private EngineZone() {}

    /// What `lines` spell; those that say nothing are skipped.
    static EngineZone parse(List<String> lines) {
        var zone = new EngineZone();
        for (String line : lines) {
            String[] fields = line.split(" ");
            if (fields.length == FIELDS - 1 && fields[0].equals("CLIENT")) {
                zone.networks.computeIfAbsent(fields[1], any -> new HashSet<>()).add(fields[2]);
            } else if (fields.length == FIELDS && fields[0].equals("HOST")) {
                add(zone.hosts, fields);
            } else if (fields.length == FIELDS && fields[0].equals("LINK")) {
                add(zone.links, fields);
            }
        }
        return zone;
    }

    private static void add(Map<String, Map<String, Set<String>>> all, String[] fields) {
        all.computeIfAbsent(fields[1], any -> new HashMap<>())
                .computeIfAbsent(fields[2], any -> new TreeSet<>())
                .add(fields[3]);
    }

    /// The addresses of `name` (lower case, without a last dot) for who asks from `client`; empty when there is no
    /// such name on any of its networks.
    Optional<Set<String>> find(String client, String name) {
        Map<String, Set<String>> everywhere = hosts.getOrDefault(name, Map.of());
        var found = new TreeSet<>(links.getOrDefault(client, Map.of()).getOrDefault(name, Set.of()));
        for (String network : networks.getOrDefault(client, Set.of())) {
            found.addAll(everywhere.getOrDefault(network, Set.of()));
        }
        return found.isEmpty() ? Optional.empty() : Optional.of(found);
    }
}
