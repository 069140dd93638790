package dev.longshore.network;

import dev.longshore.base.ClusterId;
import dev.longshore.base.Json;
import dev.longshore.linux.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// Which ports clusters have chosen that do not listen on them yet, so that two that start at the same time choose
/// different ones. A claim is a file that counts while the process lives that wrote it.
public final class PortClaims {

    private static final String SUFFIX = ".json";

    private final Path claims;
    private final HostLock lock;
    private final Processes.Identity self;

    /// With what all clusters of this host share in `runDirectory`.
    public PortClaims(Path runDirectory) {
        this(
                runDirectory,
                Processes.identify((int) ProcessHandle.current().pid()).orElseThrow());
    }

    PortClaims(Path runDirectory, Processes.Identity self) {
        this.claims = runDirectory.resolve("ports");
        this.lock = new HostLock(runDirectory);
        this.self = self;
    }

    /// A port that is wanted.
    ///
    /// @param asked the only one that will do; empty for `usual`, or the next above it that nothing on this host
    /// listens on and no other cluster has claimed
    public record Wanted(OptionalInt asked, int usual) {}

    /// Chooses a port for each, and claims them for `cluster` instead of what it had claimed before.
    ///
    /// @throws ClaimedException when one that was asked for is claimed
    /// @throws IOException when none is left, or the claims cannot be read
    public List<Integer> choose(ClusterId cluster, List<Wanted> wanted) throws IOException, InterruptedException {
        return lock.alone(() -> {
            Map<Integer, ClusterId> others = others(cluster);
            Set<Integer> taken = new HashSet<>(others.keySet());
            wanted.forEach(one -> one.asked().ifPresent(taken::add));
            var chosen = new ArrayList<Integer>();
            for (Wanted one : wanted) {
                int port = one.asked().isPresent()
                        ? unclaimed(one.asked().getAsInt(), others)
                        : AddressPlanner.freePort(one.usual(), taken);
                taken.add(port);
                chosen.add(port);
            }
            write(cluster, chosen);
            return List.copyOf(chosen);
        });
    }

    /// Gives back what `cluster` has claimed, if anything.
    public void release(ClusterId cluster) throws IOException, InterruptedException {
        lock.alone(() -> Files.deleteIfExists(claims.resolve(cluster + SUFFIX)));
    }

    /// That another cluster which is just starting has the port.
    public static final class ClaimedException extends IOException {

        private static final long serialVersionUID = 1L;
        private final int port;

        ClaimedException(int port, ClusterId by) {
            super("port %d is claimed by cluster %s, which is starting".formatted(port, by));
            this.port = port;
        }

        /// Which one.
        public int port() {
            return port;
        }
    }

    private static int unclaimed(int port, Map<Integer, ClusterId> others) throws ClaimedException {
        if (others.containsKey(port)) {
            throw new ClaimedException(port, others.get(port));
        }
        return port;
    }

    private Map<Integer, ClusterId> others(ClusterId cluster) throws IOException {
        var others = new HashMap<Integer, ClusterId>();
        Files.createDirectories(claims);
        List<Path> files;
        try (Stream<Path> all = Files.list(claims)) {
            files = all.filter(file -> file.toString().endsWith(SUFFIX)).toList();
        }
        for (Path file : files) {
            String name = file.getFileName().toString();
            var id = new ClusterId(name.substring(0, name.length() - SUFFIX.length()));
            Optional<List<Integer>> ports = read(file);
            if (ports.isEmpty()) {
                Files.deleteIfExists(file);
            } else if (!id.equals(cluster)) {
                ports.get().forEach(port -> others.put(port, id));
            }
        }
        return others;
    }

    /// Empty if its writer is dead, or it is damaged.
    private static Optional<List<Integer>> read(Path file) throws IOException {
        try {
            JsonNode tree = Json.parse(Files.readAllBytes(file));
            var writer = new Processes.Identity(
                    tree.path("pid").asInt(0), tree.path("started").asLong(0));
            var ports = new ArrayList<Integer>();
            tree.path("ports").forEach(port -> ports.add(port.asInt(0)));
            return Processes.isAlive(writer) ? Optional.of(List.copyOf(ports)) : Optional.empty();
        } catch (Json.MalformedException damaged) {
            return Optional.empty();
        }
    }

    private void write(ClusterId cluster, List<Integer> ports) throws IOException {
        var tree = Json.object().put("pid", self.pid()).put("started", self.startTicks());
        ports.forEach(tree.putArray("ports")::add);
        Files.write(claims.resolve(cluster + SUFFIX), Json.bytes(tree));
    }
}
