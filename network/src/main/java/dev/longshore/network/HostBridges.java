package dev.longshore.network;

import dev.longshore.base.ClusterId;
import dev.longshore.base.Time;
import dev.longshore.linux.Commands;
import dev.longshore.linux.Commands.Command;
import dev.longshore.linux.Links;
import dev.longshore.linux.Nft;
import dev.longshore.network.EngineNetwork.Member;
import dev.longshore.network.EngineNetwork.Plug;
import dev.longshore.network.EngineNetwork.PublishedPort;
import dev.longshore.network.dns.DnsFiles;
import dev.longshore.network.view.Range;
import dev.longshore.network.view.Range6;
import dev.longshore.runtime.RuntimeFaultException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The engine's networks on this host. Everything made here stays when this process ends, and [#purge] finds it by
/// the cluster's id.
public final class HostBridges implements EngineBridges, AutoCloseable {

    private static final String CONFIGURE = """
            while [ $# -gt 1 ]; do
              # A kernel without IPv6 has nothing to disable.
              if [ -e "/proc/sys/$1" ] || [ "${1##*/}" != disable_ipv6 ]; then
                printf '%s' "$2" > "/proc/sys/$1" || exit 1
              fi
              shift 2
            done
            exec ip -batch -
            """;
    private static final Path SIX = Path.of("/proc/net/if_inet6");
    private static final String PREFIX = "lsd";
    private static final String CABLE = "lsv";
    private static final int DEVICE_DIGITS = 5;
    private static final int CABLE_DIGITS = 10;
    private static final int POOLS = 15;
    private static final int SMALL_POOLS = 16;
    private static final int WIDE = 16;

    private final ClusterId cluster;
    private final Path runDirectory;
    private final DnsFiles names;
    private final String dnsAddress;
    private final HostPorts hostPorts;
    private final Commands commands;
    private final Links links;
    private final FirewallPassage passage;
    private volatile Set<String> bridges = Set.of();
    private volatile boolean mayHaveSix = true;

    /// Of `cluster`.
    ///
    /// @param directory the node's state, which it shares with [NodeNetwork]
    /// @param runDirectory what all clusters of this host share
    /// @param dnsAddress where containers ask for names
    /// @param hostPorts what the engine shares with pods
    public HostBridges(
            ClusterId cluster,
            Path directory,
            Path runDirectory,
            String dnsAddress,
            HostPorts hostPorts,
            Commands commands,
            Time time) {
        this.cluster = cluster;
        this.hostPorts = hostPorts;
        this.passage = new FirewallPassage(EngineRules.table(cluster), () -> bridges, commands, time);
        this.runDirectory = runDirectory;
        this.names = new DnsFiles(NodeNetwork.dnsDirectory(directory));
        this.dnsAddress = dnsAddress;
        this.commands = commands;
        this.links = new Links(commands);
    }

    /// Keeps a way open through other firewalls of the host from now on.
    public void start() {
        passage.start();
    }

    /// Looks after firewalls no longer; what is there stays.
    @Override
    public void close() {
        passage.close();
    }

    @Override
    public HostPorts hostPorts() {
        return hostPorts;
    }

    @Override
    public String dnsAddress() {
        return dnsAddress;
    }

    @Override
    public String deviceOf(String network) {
        return PREFIX + network.substring(0, DEVICE_DIGITS) + "-" + cluster;
    }

    @Override
    public int usualMtu() throws InterruptedException {
        return new HostAddressing(links).usualMtu();
    }

    @Override
    public Optional<String> chooseRange(List<String> taken, Claim claim) throws IOException, InterruptedException {
        return new HostLock(runDirectory.resolve("engine")).alone(() -> {
            List<Range> used = used();
            taken.stream().map(Range::parse).forEach(used::add);
            Optional<Range> free = candidates().stream()
                    .filter(range -> used.stream().noneMatch(range::overlaps))
                    .findFirst();
            if (free.isPresent()) {
                claim.take(free.get().toString());
            }
            return free.map(Range::toString);
        });
    }

    @Override
    public boolean isUsed(String range) throws InterruptedException {
        if (range.contains(":")) {
            Range6 wanted = Range6.parse(range);
            return links.addresses6().stream()
                    .map(address -> Range6.parse(address.address() + "/" + address.prefixLength()))
                    .anyMatch(wanted::overlaps);
        }
        Range wanted = Range.parse(range);
        return used().stream().anyMatch(wanted::overlaps);
    }

    private List<Range> used() throws InterruptedException {
        return new HostAddressing(links).used(WIDE);
    }

    private static List<Range> candidates() {
        var all = new ArrayList<Range>();
        for (int i = 0; i < POOLS; i++) {
            all.add(Range.parse("172." + (17 + i) + ".0.0/16"));
        }
        for (int i = 0; i < SMALL_POOLS; i++) {
            all.add(Range.parse("192.168." + i * 16 + ".0/20"));
        }
        return all;
    }

    @Override
    public void create(EngineNetwork network) throws IOException, InterruptedException {
        String name = network.bridge();
        if (network.hasSix() && !Files.exists(SIX)) {
            throw new RuntimeFaultException(
                    RuntimeFaultException.Kind.FAILED, "this host has no IPv6: the network cannot have it");
        }
        boolean isNew = !links.exists(name);
        boolean done = false;
        try {
            if (isNew) {
                links.batch(List.of(
                        "link add name %s address %s mtu %d type bridge nf_call_iptables 1"
                                .formatted(name, hardwareAddress(name), network.mtu()),
                        "link set dev " + name + " up"));
            }
            address(network);
            done = true;
        } finally {
            if (isNew && !done) {
                boolean interrupted = Thread.interrupted();
                links.delete(name);
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    private void address(EngineNetwork network) throws IOException, InterruptedException {
        String name = network.bridge();
        if (!network.gateway().isEmpty()) {
            String address =
                    network.gateway() + "/" + Range.parse(network.range()).length();
            links.batch(List.of("addr replace " + address + " dev " + name));
        }
        if (network.hasSix()) {
            String length = network.range6().substring(network.range6().indexOf('/'));
            links.batch(List.of("addr replace " + network.gateway6() + length + " dev " + name + " nodad"));
            new HostSettings(settings(runDirectory), HostSettings.SIX, commands).acquire(cluster);
        }
        // Without it, connections from 127.0.0.1 to published ports could not be led to containers.
        commands.require(Command.of("sh", "-c", "echo 1 > \"/proc/sys/net/ipv4/conf/$1/route_localnet\"", "sh", name));
    }

    @Override
    public void delete(EngineNetwork network) throws InterruptedException {
        links.delete(network.bridge());
    }

    @Override
    public void plug(EngineNetwork network, Path namespace, String key, Plug plug) throws InterruptedException {
        String cable = cable(key);
        String inside = namespace.getFileName().toString();
        links.delete(cable);
        boolean done = false;
        try {
            links.batch(List.of(
                    "link add name %s mtu %d type veth peer name %s address %s mtu %d netns %s"
                            .formatted(
                                    cable, network.mtu(), plug.device(), plug.hardwareAddress(), network.mtu(), inside),
                    "link set dev " + cable + " master " + network.bridge() + " up"));
            var lines = new ArrayList<>(List.of(
                    "addr add " + plug.address() + " dev " + plug.device(), "link set dev " + plug.device() + " up"));
            if (!plug.gateway().isEmpty()) {
                lines.add("route replace default via " + plug.gateway() + " dev " + plug.device());
            } else if (!network.gateway().isEmpty()) {
                // Names are asked for outside of the network, though nothing else is.
                lines.add("route replace " + dnsAddress + " via " + network.gateway() + " dev " + plug.device());
            }
            if (!plug.address6().isEmpty()) {
                lines.add("addr add " + plug.address6() + " dev " + plug.device() + " nodad");
            }
            if (!plug.gateway6().isEmpty()) {
                lines.add("route replace default via " + plug.gateway6() + " dev " + plug.device());
            }
            // Settings before addresses: one of them says whether there may be IPv6 ones.
            var line = new ArrayList<>(List.of("ip", "netns", "exec", inside, "sh", "-c", CONFIGURE, "sh"));
            plug.settings().forEach((path, value) -> line.addAll(List.of(path, value)));
            commands.require(Command.of(line.toArray(String[]::new)).withInput(String.join("\n", lines) + "\n"));
            done = true;
        } finally {
            if (!done) {
                boolean interrupted = Thread.interrupted();
                links.delete(cable);
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    @Override
    public void unplug(String key) throws InterruptedException {
        links.delete(cable(key));
    }

    @Override
    public void apply(List<EngineNetwork> networks, List<PublishedPort> ports) throws InterruptedException {
        var rules = new EngineRules(cluster, networks, ports);
        new Nft(commands).apply(rules.script());
        if (!rules.hasSix() && mayHaveSix) {
            dropSix(cluster, commands);
        }
        mayHaveSix = rules.hasSix();
        bridges = networks.stream().map(EngineNetwork::bridge).collect(Collectors.toUnmodifiableSet());
        passage.open();
    }

    @Override
    public void names(List<Member> members) throws IOException {
        var text = new StringBuilder();
        for (Member member : members) {
            for (String address : member.addresses()) {
                text.append("CLIENT %s %s%n".formatted(address, member.network()));
                member.names()
                        .forEach(name -> text.append(
                                "HOST %s %s %s%n".formatted(name.toLowerCase(Locale.ROOT), member.network(), address)));
                member.links()
                        .forEach((name, others) -> others.forEach(other -> text.append(
                                "LINK %s %s %s%n".formatted(address, name.toLowerCase(Locale.ROOT), other))));
            }
        }
        Files.createDirectories(names.directory());
        DnsFiles.replace(names.engine(), text.toString());
    }

    /// Takes away every bridge, cable and rule of `cluster`, also when nothing is known of them.
    public static void purge(ClusterId cluster, Path runDirectory, Commands commands)
            throws IOException, InterruptedException {
        var links = new Links(commands);
        for (String bridge : links.named(PREFIX, "-" + cluster)) {
            var lines = new ArrayList<String>();
            links.portsOf(bridge).forEach(port -> lines.add("link del dev " + port));
            lines.add("link del dev " + bridge);
            links.batchAnyway(lines);
        }
        new Nft(commands).deleteTable(EngineRules.table(cluster));
        dropSix(cluster, commands);
        FirewallPassage.remove(EngineRules.table(cluster), commands);
        new HostSettings(settings(runDirectory), HostSettings.SIX, commands).release(cluster);
    }

    // A kernel may know nothing of IPv6, and then has no such table either.
    private static void dropSix(ClusterId cluster, Commands commands) throws InterruptedException {
        commands.run(Command.of("nft", "delete table ip6 " + EngineRules.table(cluster)));
    }

    private static Path settings(Path runDirectory) {
        return runDirectory.resolve("host-settings-ip6");
    }

    private String cable(String key) {
        String text = Long.toHexString(NetworkNames.sum(cluster + key)) + Long.toHexString(NetworkNames.sum(key));
        return CABLE + text.substring(0, Math.min(CABLE_DIGITS, text.length()));
    }

    /// A bridge without an address of its own takes the lowest of its ports', and containers lose their gateway
    /// for a moment whenever that changes.
    private static String hardwareAddress(String name) {
        long bits = NetworkNames.sum(name);
        return String.format(
                Locale.ROOT,
                "02:42:%02x:%02x:%02x:%02x",
                bits >> 24 & 0xff,
                bits >> 16 & 0xff,
                bits >> 8 & 0xff,
                bits & 0xff);
    }
}
