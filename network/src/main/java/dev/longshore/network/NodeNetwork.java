package dev.longshore.network;

import dev.longshore.base.ClusterId;
import dev.longshore.base.Time;
import dev.longshore.linux.Commands;
import dev.longshore.linux.Links;
import dev.longshore.linux.Nft;
import dev.longshore.network.dns.DnsFiles;
import dev.longshore.network.dns.DnsSettings;
import dev.longshore.network.view.ClusterWatch;
import dev.longshore.network.view.NodeWatch;
import dev.longshore.network.view.PeerSource;
import dev.longshore.network.view.Range;
import dev.longshore.network.view.ViewSource;
import dev.longshore.runtime.SandboxNetwork;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All of a node's network: the bridge, the wiring of sandboxes, the service rules, the name server. What it
/// has set up stays when it is closed, and is taken over by the next one; [#purge] takes everything away.
///
/// Order of a start: first the service range is closed (bridge, routes, rules that refuse), then the host may
/// forward.
public final class NodeNetwork implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(NodeNetwork.class);
    private static final int DNS_PORT = 53;

    private final NodeNetworkSettings settings;
    private final Commands commands;
    private final Bridge bridge;
    private final HostPorts hostPorts;
    private final SandboxRecords records;
    private final PodRange pods = new PodRange();
    private final FirewallPassage passage;
    private final ViewSource view;
    private final PeerSource peers;
    private final ServiceProxy proxy;
    private final Time time;
    // Guards the two below; a rare change, which may take its time.
    private final ReentrantLock addressing = new ReentrantLock();
    private Optional<DnsSupervisor> dns = Optional.empty();
    private Optional<PeerRoutes> routes = Optional.empty();
    private volatile CniNetwork sandboxes;

    /// Over `client`, which must be allowed to watch services, endpoint slices, namespaces and nodes, and stays
    /// the caller's.
    ///
    /// @param hostPorts what pods share with others on this host
    public NodeNetwork(
            NodeNetworkSettings settings, KubernetesClient client, HostPorts hostPorts, Commands commands, Time time) {
        this(settings, new ClusterWatch(client), new NodeWatch(client), hostPorts, commands, time);
    }

    /// Over a picture of the cluster that comes from elsewhere, and is closed with this.
    NodeNetwork(
            NodeNetworkSettings settings,
            ViewSource view,
            PeerSource peers,
            HostPorts hostPorts,
            Commands commands,
            Time time) {
        this.settings = settings;
        this.hostPorts = hostPorts;
        this.commands = commands;
        this.time = time;
        this.view = view;
        this.peers = peers;
        this.bridge = new Bridge(settings.cluster(), services(), commands);
        this.records = new SandboxRecords(wiring().resolve("sandboxes"));
        this.passage = new FirewallPassage(
                NetworkNames.table(settings.cluster()),
                () -> Set.of(NetworkNames.bridge(settings.cluster())),
                commands,
                time);
        this.proxy = new ServiceProxy(facts(), view, commands, time);
    }

    /// Sets up what does not depend on this node's pod range, and all of it if that is known from an earlier
    /// start. Returns without waiting for the API server.
    ///
    /// @throws dev.longshore.linux.CommandFailedException when a tool failed
    public void start() throws InterruptedException, IOException {
        BootScoped.emptyAfterReboot(wiring());
        records.load();
        bridge.create();
        sandboxes = new CniNetwork(plugins(), records, pods, settings.nodeAddress(), hostPorts, this::sandboxesChanged);
        sandboxes.restorePorts();
        proxy.start();
        new HostSettings(hostSettings(settings.runDirectory()), commands).acquire(settings.cluster());
        passage.start();
        view.start();
        peers.start();
        if (Files.exists(podRangeFile())) {
            podRange(Files.readString(podRangeFile()).strip());
        }
    }

    /// Tells this node's share of the pod range, as its Node object says. Harmless when it is known.
    public void podRange(String cidr) throws InterruptedException {
        Range range = Range.parse(cidr);
        addressing.lockInterruptibly();
        try {
            if (pods.now().filter(range::equals).isPresent()) {
                return;
            }
            pods.now().ifPresent(before -> log.warn("the node's pod range changes from {} to {}", before, range));
            bridge.address(range);
            String gateway = Bridge.gateway(range);
            proxy.change(
                    facts -> facts.withGateway(gateway).withSandboxes(records.hostPorts(), records.podAddresses()));
            DnsFiles.replace(podRangeFile(), range + "\n");
            pods.set(range);
            dns.ifPresent(DnsSupervisor::close);
            dns = Optional.of(nameServer(gateway));
            dns.get().start();
            routes.ifPresent(PeerRoutes::close);
            routes = Optional.of(routes(range));
            routes.get().start();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } finally {
            addressing.unlock();
        }
    }

    /// Wires sandboxes. Until the pod range is known, it waits for it, within limits. Only after [#start].
    public SandboxNetwork sandboxes() {
        return sandboxes;
    }

    /// A CNI configuration (a list of plugins) by which another runtime wires its sandboxes as ours are: the same
    /// bridge, addresses out of the same store. It knows no ports of the host: [#foreignSandboxes] does.
    ///
    /// @param cidr this node's share of the pod range
    public String cniConfiguration(String cidr) throws InterruptedException {
        return plugins().list(Range.parse(cidr));
    }

    /// For sandboxes that are wired so.
    public ForeignSandboxes foreignSandboxes() {
        return new ForeignSandboxes(records, hostPorts, this::sandboxesChanged);
    }

    /// Whether sandboxes can be wired.
    public boolean isReady() {
        return pods.now().isPresent();
    }

    /// Stops following the cluster; everything that was set up goes on working.
    @Override
    public void close() {
        passage.close();
        view.close();
        peers.close();
        addressing.lock();
        try {
            dns.ifPresent(DnsSupervisor::close);
            routes.ifPresent(PeerRoutes::close);
        } finally {
            addressing.unlock();
        }
        proxy.close();
    }

    /// Takes away everything that the network of `cluster` has made on this host, also when its own records are
    /// lost: name server, rules, bridge, ports, routes, host settings, and what lies in `directory`, the node's
    /// state. Sandboxes must have been stopped.
    public static void purge(ClusterId cluster, Path directory, Path runDirectory, Commands commands, Time time)
            throws InterruptedException, IOException {
        DnsSupervisor.kill(cluster, time);
        // The bridge goes before the rules: what refuses the service range must be the last to go.
        Bridge.delete(cluster, commands);
        new HostSettings(hostSettings(runDirectory), commands).release(cluster);
        FirewallPassage.remove(NetworkNames.table(cluster), commands);
        new Nft(commands).deleteTable(NetworkNames.table(cluster));
        BootScoped.delete(networkDirectory(directory));
        BootScoped.delete(dnsDirectory(directory));
    }

    /// Waits for the rules only where somebody depends on them: a port of the host, or a policy that guards the
    /// pod from its first moment.
    private void sandboxesChanged(boolean hasPorts) throws InterruptedException {
        if (hasPorts || proxy.hasPolicies()) {
            proxy.change(facts -> facts.withSandboxes(records.hostPorts(), records.podAddresses()));
        }
    }

    private CniPlugins plugins() throws InterruptedException {
        return new CniPlugins(
                settings.cniPlugins(),
                wiring().resolve("addresses"),
                NetworkNames.bridge(settings.cluster()),
                mtu(),
                commands);
    }

    private DnsSupervisor nameServer(String gateway) {
        return new DnsSupervisor(
                settings.cluster(),
                new DnsFiles(dnsDirectory(settings.directory())),
                new DnsSettings(
                        gateway,
                        DNS_PORT,
                        settings.domain(),
                        List.of(Range.parse(settings.podRange()), services()),
                        settings.resolvConf()),
                settings.java(),
                view,
                commands,
                time);
    }

    private PeerRoutes routes(Range pods) throws InterruptedException {
        return new PeerRoutes(
                settings.cluster(), settings.nodeName(), settings.nodeAddress(), pods, mtu(), peers, commands, time);
    }

    private ProxyFacts facts() {
        return new ProxyFacts(
                settings.cluster(),
                settings.nodeName(),
                Range.parse(settings.podRange()),
                services(),
                settings.dnsAddress(),
                Optional.empty(),
                List.of(),
                Map.of());
    }

    /// Pods must not send larger packets than the host's own way out takes.
    private int mtu() throws InterruptedException {
        return new HostAddressing(new Links(commands)).usualMtu();
    }

    private Range services() {
        return Range.parse(settings.serviceRange());
    }

    private Path wiring() {
        return networkDirectory(settings.directory()).resolve("wiring");
    }

    private Path podRangeFile() {
        return networkDirectory(settings.directory()).resolve("pod-range");
    }

    private static Path networkDirectory(Path directory) {
        return directory.resolve("network");
    }

    static Path dnsDirectory(Path directory) {
        return directory.resolve("dns");
    }

    private static Path hostSettings(Path runDirectory) {
        return runDirectory.resolve("host-settings");
    }
}
