package dev.longshore.network;

import dev.longshore.base.ClusterId;
import dev.longshore.base.Json;
import dev.longshore.base.WholeFile;
import dev.longshore.linux.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Which ports clusters have chosen that do not listen on them now, so that two that start at the same time choose
/// different ones, and that nobody chooses those of a cluster which is stopped or was killed. A claim is a file. It
/// forbids its ports while the process lives that wrote it; after that others avoid them, where they may choose, as
/// long as the cluster is there.
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
    /// listens on and no other cluster has claimed, be it stopped
    public record Wanted(OptionalInt asked, int usual) {}

    /// Chooses a port for each, and claims them for `cluster` instead of what it had claimed before.
    ///
    /// @param record the file that is there as long as the cluster is, from soon after this call on
    /// @throws ClaimedException when one that was asked for is claimed by a cluster that is starting
    /// @throws IOException when none is left, or the claims cannot be read
    public List<Integer> choose(ClusterId cluster, Path record, List<Wanted> wanted)
            throws IOException, InterruptedException {
        return lock.alone(() -> {
            List<Claim> others = others(cluster);
            Set<Integer> taken = new HashSet<>();
            others.forEach(claim -> taken.addAll(claim.ports()));
            wanted.forEach(one -> one.asked().ifPresent(taken::add));
            var chosen = new ArrayList<Integer>();
            for (Wanted one : wanted) {
                int port = one.asked().isPresent()
                        ? unclaimed(one.asked().getAsInt(), others)
                        : AddressPlanner.freePort(one.usual(), taken);
                taken.add(port);
                chosen.add(port);
            }
            write(cluster, record, chosen);
            return List.copyOf(chosen);
        });
    }

    /// `cluster` has ended: what it claimed is avoided from now on, but forbidden to nobody.
    public void stopped(ClusterId cluster) throws IOException, InterruptedException {
        lock.alone(() -> {
            Path file = claims.resolve(cluster + SUFFIX);
            Optional<ObjectNode> claim = Files.exists(file) ? tree(file) : Optional.empty();
            if (claim.isPresent()) {
                WholeFile.write(file, Json.bytes(claim.get().put("pid", 0)));
            }
            return claim;
        });
    }

    /// `cluster` is gone for good: gives back what it has claimed, if anything.
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

    private static int unclaimed(int port, List<Claim> others) throws ClaimedException {
        for (Claim claim : others) {
            if (claim.isStarting() && claim.ports().contains(port)) {
                throw new ClaimedException(port, claim.by());
            }
        }
        return port;
    }

    private record Claim(ClusterId by, boolean isStarting, List<Integer> ports) {}

    private List<Claim> others(ClusterId cluster) throws IOException {
        var others = new ArrayList<Claim>();
        Files.createDirectories(claims);
        List<Path> files;
        try (Stream<Path> all = Files.list(claims)) {
            files = all.filter(file -> file.toString().endsWith(SUFFIX)).toList();
        }
        for (Path file : files) {
            Optional<Claim> claim = read(file);
            if (claim.isEmpty()) {
                Files.deleteIfExists(file);
            } else if (!claim.get().by().equals(cluster)) {
                others.add(claim.get());
            }
        }
        return others;
    }

    /// Empty if its writer is dead and its cluster gone, or it is damaged.
    private static Optional<Claim> read(Path file) throws IOException {
        Optional<ObjectNode> tree = tree(file);
        if (tree.isEmpty()) {
            return Optional.empty();
        }
        JsonNode claim = tree.get();
        boolean isStarting = Processes.isAlive(new Processes.Identity(
                claim.path("pid").asInt(0), claim.path("started").asLong(0)));
        String record = claim.path("record").asString("");
        // Whoever says of no cluster that it is there speaks of none.
        if (!isStarting && (record.isEmpty() || !Files.exists(Path.of(record)))) {
            return Optional.empty();
        }
        String name = file.getFileName().toString();
        var ports = new ArrayList<Integer>();
        claim.path("ports").forEach(port -> ports.add(port.asInt(0)));
        return Optional.of(new Claim(
                new ClusterId(name.substring(0, name.length() - SUFFIX.length())), isStarting, List.copyOf(ports)));
    }

    /// Empty if it is damaged.
    private static Optional<ObjectNode> tree(Path file) throws IOException {
        try {
            return Json.parse(Files.readAllBytes(file)) instanceof ObjectNode tree
                    ? Optional.of(tree)
                    : Optional.empty();
        } catch (Json.MalformedException damaged) {
            return Optional.empty();
        }
    }

    private void write(ClusterId cluster, Path record, List<Integer> ports) throws IOException {
        var tree = Json.object()
                .put("pid", self.pid())
                .put("started", self.startTicks())
                .put("record", record.toAbsolutePath().toString());
        ports.forEach(tree.putArray("ports")::add);
        WholeFile.write(claims.resolve(cluster + SUFFIX), Json.bytes(tree));
    }
}
