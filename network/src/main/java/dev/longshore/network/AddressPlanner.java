package dev.longshore.network;

import dev.longshore.base.ClusterId;
import dev.longshore.base.Json;
import dev.longshore.base.WholeFile;
import dev.longshore.linux.Commands;
import dev.longshore.linux.Links;
import dev.longshore.network.view.Range;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// Chooses addresses and ports that nothing else on the host uses. The first cluster gets what people know from
/// other clusters (`10.244.0.0/16`, `10.96.0.0/16`, `30000-32767`), the next ones their neighbours. What is
/// chosen is claimed in a file, so that clusters which are stopped, or have only begun to start, keep theirs.
///
/// Routes that are wider than a candidate (the default route, a whole `10.0.0.0/8` by a VPN) do not forbid it:
/// more specific routes win over them, and otherwise nothing would be left.
public final class AddressPlanner {

    private static final int CANDIDATES = 200;
    private static final int PREFIX = 16;
    private static final int NODE_PORTS = 2768;
    private static final int NODE_PORT_STEP = 3000;
    private static final int NODE_PORT_CHOICES = 8;
    private static final int HIGHEST_PORT = 65_535;
    private static final String SUFFIX = ".json";

    private final Path claims;
    private final HostLock lock;
    private final Links links;

    /// With what all clusters of this host share in `runDirectory`.
    public AddressPlanner(Path runDirectory, Commands commands) {
        this.claims = runDirectory.resolve("addresses");
        this.lock = new HostLock(runDirectory);
        this.links = new Links(commands);
    }

    /// Chooses for `cluster` and claims it.
    ///
    /// @throws IOException when nothing is free or the claims cannot be read
    public AddressPlan choose(ClusterId cluster) throws IOException, InterruptedException {
        List<Range> used = new HostAddressing(links).used(PREFIX);
        return lock.alone(() -> {
            List<AddressPlan> others = others(cluster);
            String pods = free(i -> Range.parse("10." + (i + 244) % 256 + ".0.0/16"), used, others);
            String services =
                    free(i -> Range.parse("10." + (i + 96) % 256 + ".0.0/16"), with(used, Range.parse(pods)), others);
            String nodePorts = freeNodePorts(pods, services, others);
            var plan = new AddressPlan(pods, services, nodePorts);
            write(cluster, plan);
            return plan;
        });
    }

    /// Claims again what `cluster` chose at an earlier start.
    ///
    /// @return the cluster that has taken some of it meanwhile, if one has
    public Optional<ClusterId> claim(ClusterId cluster, AddressPlan plan) throws IOException, InterruptedException {
        return lock.alone(() -> {
            for (Path file : files()) {
                if (!id(file).equals(cluster)
                        && read(file).filter(plan::collidesWith).isPresent()) {
                    return Optional.of(id(file));
                }
            }
            write(cluster, plan);
            return Optional.empty();
        });
    }

    /// `cluster` is gone for good.
    public void release(ClusterId cluster) throws IOException {
        Files.deleteIfExists(claims.resolve(cluster + SUFFIX));
    }

    /// `preferred`, or the next TCP port above it which nothing on this host listens on and is not in `taken`.
    ///
    /// @throws IOException when there is none
    public static int freePort(int preferred, Set<Integer> taken) throws IOException {
        return IntStream.rangeClosed(preferred, HIGHEST_PORT)
                .filter(port -> !taken.contains(port) && isFree(port))
                .findFirst()
                .orElseThrow(() -> new IOException("no TCP port above " + preferred + " is free"));
    }

    private static boolean isFree(int port) {
        try (var socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress((InetAddress) null, port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }

    private static String free(Function<Integer, Range> candidate, List<Range> used, List<AddressPlan> others)
            throws IOException {
        Predicate<Range> isUsed = range -> used.stream().anyMatch(range::overlaps)
                || others.stream()
                        .anyMatch(plan -> range.overlaps(Range.parse(plan.pods()))
                                || range.overlaps(Range.parse(plan.services())));
        return IntStream.range(0, CANDIDATES)
                .mapToObj(candidate::apply)
                .filter(isUsed.negate())
                .findFirst()
                .map(Range::toString)
                .orElseThrow(() -> new IOException("no private /16 range is free on this host"));
    }

    private static String freeNodePorts(String pods, String services, List<AddressPlan> others) throws IOException {
        for (int choice = 0; choice < NODE_PORT_CHOICES; choice++) {
            int first = 30_000 - choice * NODE_PORT_STEP;
            var plan = new AddressPlan(pods, services, first + "-" + (first + NODE_PORTS - 1));
            if (others.stream().noneMatch(plan::collidesWith)) {
                return plan.nodePorts();
            }
        }
        throw new IOException("no range of node ports is left: too many clusters on this host");
    }

    private List<AddressPlan> others(ClusterId cluster) throws IOException {
        var others = new ArrayList<AddressPlan>();
        for (Path file : files()) {
            if (!id(file).equals(cluster)) {
                read(file).ifPresent(others::add);
            }
        }
        return others;
    }

    private List<Path> files() throws IOException {
        Files.createDirectories(claims);
        try (Stream<Path> files = Files.list(claims)) {
            return files.filter(file -> file.toString().endsWith(SUFFIX)).toList();
        }
    }

    private static ClusterId id(Path file) {
        String name = file.getFileName().toString();
        return new ClusterId(name.substring(0, name.length() - SUFFIX.length()));
    }

    /// A claim that is damaged claims nothing.
    private static Optional<AddressPlan> read(Path file) throws IOException {
        try {
            JsonNode tree = Json.parse(Files.readAllBytes(file));
            return Optional.of(new AddressPlan(
                    tree.path("pods").asString(),
                    tree.path("services").asString(),
                    tree.path("nodePorts").asString()));
        } catch (Json.MalformedException damaged) {
            return Optional.empty();
        }
    }

    private void write(ClusterId cluster, AddressPlan plan) throws IOException {
        var tree = Json.object()
                .put("pods", plan.pods())
                .put("services", plan.services())
                .put("nodePorts", plan.nodePorts());
        Files.createDirectories(claims);
        WholeFile.write(claims.resolve(cluster + SUFFIX), Json.bytes(tree));
    }

    private static List<Range> with(List<Range> ranges, Range one) {
        var all = new ArrayList<>(ranges);
        all.add(one);
        return all;
    }
}
