package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.network.EngineBridges;
import dev.longshore.network.EngineNetwork;
import dev.longshore.network.view.Range;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The engine's networks, and who is on them. One lock guards all of it, held while the host is changed: such
/// changes are rare, and must not overlap. Thread-safe.
final class Networks {

    private static final int ID_BYTES = 32;

    private final EngineBridges bridges;
    private final Path file;
    private final Events events;
    private final RandomGenerator randomness;
    private final Time time;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, EngineNet> all = new ConcurrentHashMap<>();
    private final Map<String, Seat> seats = new LinkedHashMap<>();
    private final Ports ports = new Ports();
    private int usualMtu;

    Networks(EngineBridges bridges, Path file, Events events, RandomGenerator randomness, Time time) {
        this.bridges = bridges;
        this.file = file;
        this.events = events;
        this.randomness = randomness;
        this.time = time;
    }

    /// A container on a network, by the cable's key.
    private record Seat(String container, String name, String network, String address, List<String> names) {}

    /// What a new network shall be, as a client asks for it.
    record Wish(
            String name,
            String driver,
            String subnet,
            String gateway,
            String ipRange,
            boolean isInternal,
            boolean isAttachable,
            Map<String, String> options,
            Map<String, String> labels) {}

    /// Reads what is there, and makes the three that there are always.
    void start() throws IOException, InterruptedException {
        if (Files.exists(file)) {
            for (JsonNode tree : Json.parse(Files.readAllBytes(file))) {
                EngineNet network = EngineNet.of(tree);
                all.put(network.id(), network);
            }
        }
        predefine("bridge", "bridge");
        predefine("host", "host");
        predefine("none", "null");
        write();
    }

    private void predefine(String name, String driver) {
        if (find(name).isEmpty()) {
            var network =
                    new EngineNet(newId(), name, time.now(), driver, "", "", "", false, false, Map.of(), Map.of());
            all.put(network.id(), network);
        }
    }

    List<EngineNet> list() {
        return all.values().stream()
                .sorted(Comparator.comparing(EngineNet::name))
                .toList();
    }

    /// By id, name, or the beginning of an id.
    Optional<EngineNet> find(String text) {
        Optional<EngineNet> exact = all.values().stream()
                .filter(network -> network.id().equals(text) || network.name().equals(text))
                .findFirst();
        if (exact.isPresent() || text.isEmpty()) {
            return exact;
        }
        List<EngineNet> like = all.values().stream()
                .filter(network -> network.id().startsWith(text))
                .toList();
        if (like.size() > 1) {
            throw EngineException.invalid(
                    "network " + text + " is ambiguous (" + like.size() + " matches found based on ID prefix)");
        }
        return like.stream().findFirst();
    }

    /// @throws EngineException when there is none
    EngineNet get(String text) {
        return find(text).orElseThrow(() -> EngineException.notFound("network " + text + " not found"));
    }

    /// The network, with its addresses chosen if it has a bridge.
    EngineNet ready(EngineNet network) throws InterruptedException {
        if (!network.isBridge() || !network.subnet().isEmpty()) {
            return network;
        }
        lock.lockInterruptibly();
        try {
            EngineNet now = all.getOrDefault(network.id(), network);
            return now.subnet().isEmpty() ? choose(now) : now;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } finally {
            lock.unlock();
        }
    }

    private EngineNet choose(EngineNet network) throws IOException, InterruptedException {
        learnMtu();
        List<String> taken = all.values().stream()
                .map(EngineNet::subnet)
                .filter(subnet -> !subnet.isEmpty())
                .toList();
        Optional<String> range = bridges.chooseRange(taken, free -> {
            EngineNet chosen = network.with(free, Range.parse(free).address(1));
            bridges.create(onHost(chosen));
            all.put(network.id(), chosen);
        });
        if (range.isEmpty()) {
            throw EngineException.invalid("all predefined address pools have been fully subnetted");
        }
        write();
        sync();
        return all.get(network.id());
    }

    /// Makes a network.
    EngineNet create(Wish wish) throws IOException, InterruptedException {
        lock.lockInterruptibly();
        try {
            if (all.values().stream().anyMatch(network -> network.name().equals(wish.name()))) {
                throw EngineException.conflict("network with name " + wish.name() + " already exists");
            }
            var network = new EngineNet(
                    newId(),
                    wish.name(),
                    time.now(),
                    wish.driver(),
                    wish.subnet(),
                    wish.gateway(),
                    wish.ipRange(),
                    wish.isInternal(),
                    wish.isAttachable(),
                    wish.options(),
                    wish.labels());
            EngineNet made = wish.subnet().isEmpty() ? choose(network) : createAt(network);
            events.tell("network", "create", made.id(), Map.of("name", made.name(), "type", made.driver()));
            return made;
        } finally {
            lock.unlock();
        }
    }

    private EngineNet createAt(EngineNet network) throws IOException, InterruptedException {
        learnMtu();
        Range range = range(network.subnet());
        boolean overlaps = all.values().stream()
                .filter(other -> !other.subnet().isEmpty())
                .anyMatch(other -> Range.parse(other.subnet()).overlaps(range));
        if (overlaps || bridges.isUsed(network.subnet())) {
            throw EngineException.forbidden("invalid pool request: Pool overlaps with other one on this address space");
        }
        String gateway = network.gateway().isEmpty() ? range.address(1) : network.gateway();
        if (!range.contains(gateway)) {
            throw EngineException.invalid("invalid network config:\ninvalid gateway " + gateway + ": parent subnet "
                    + network.subnet() + " doesn't contain gateway");
        }
        EngineNet placed = network.with(range.toString(), gateway);
        bridges.create(onHost(placed));
        all.put(placed.id(), placed);
        write();
        sync();
        return placed;
    }

    private static Range range(String text) {
        try {
            return Range.parse(text);
        } catch (IllegalArgumentException wrong) {
            throw new EngineException(
                    EngineException.Kind.INVALID,
                    "invalid network config:\ninvalid subnet " + text + ": invalid CIDR block notation",
                    wrong);
        }
    }

    /// Removes a network that nobody is on.
    void remove(EngineNet network) throws IOException, InterruptedException {
        lock.lockInterruptibly();
        try {
            if (network.isPredefined()) {
                throw EngineException.forbidden(network.name() + " is a pre-defined network and cannot be removed");
            }
            String active = seats.values().stream()
                    .filter(seat -> seat.network().equals(network.id()))
                    .map(seat -> "name:\"%s\" id:\"%s\""
                            .formatted(seat.name(), seat.container().substring(0, 12)))
                    .collect(Collectors.joining(", "));
            if (!active.isEmpty()) {
                throw EngineException.forbidden("error while removing network: network " + network.name()
                        + " has active endpoints (" + active + ")");
            }
            all.remove(network.id());
            write();
            sync();
            if (network.isBridge()) {
                bridges.delete(onHost(network));
            }
            events.tell("network", "destroy", network.id(), Map.of("name", network.name(), "type", network.driver()));
        } finally {
            lock.unlock();
        }
    }

    /// Leads a cable to `container`, whose network namespace is pinned at `namespace`.
    Endpoint plug(EngineContainer container, Path namespace, Endpoint wanted, String device, boolean isWayOut)
            throws InterruptedException {
        EngineNet network = ready(get(wanted.networkId()));
        lock.lockInterruptibly();
        try {
            learnMtu();
            String address = address(network, wanted.wanted());
            String hardware = wanted.wantedHardwareAddress().isEmpty()
                    ? hardwareAddress(address)
                    : wanted.wantedHardwareAddress();
            String gateway = network.isInternal() ? "" : network.gateway();
            bridges.create(onHost(network));
            bridges.plug(
                    onHost(network),
                    namespace,
                    key(container, network),
                    new EngineNetwork.Plug(
                            device, address + "/" + network.prefixLength(), hardware, isWayOut ? gateway : ""));
            Endpoint up = wanted.up(newId(), address, network.prefixLength(), gateway, hardware, device);
            seat(container, network, up);
            sync();
            events.tell(
                    "network",
                    "connect",
                    network.id(),
                    Map.of("container", container.id(), "name", network.name(), "type", network.driver()));
            return up;
        } finally {
            lock.unlock();
        }
    }

    private void seat(EngineContainer container, EngineNet network, Endpoint endpoint) {
        List<String> names = network.name().equals("bridge") ? List.of() : endpoint.names(container);
        seats.put(
                key(container, network),
                new Seat(container.id(), container.name(), network.id(), endpoint.address(), names));
    }

    /// Takes the cable away.
    void unplug(EngineContainer container, Endpoint endpoint) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            String key = container.id() + "/" + endpoint.networkId();
            bridges.unplug(key);
            if (seats.remove(key) != null) {
                sync();
                events.tell(
                        "network",
                        "disconnect",
                        endpoint.networkId(),
                        Map.of("container", container.id(), "name", endpoint.networkName(), "type", "bridge"));
            }
        } finally {
            lock.unlock();
        }
    }

    /// Publishes what `container` asks for, all or nothing.
    List<Ports.Binding> publish(EngineContainer container) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            String address = container.endpoints().values().stream()
                    .findFirst()
                    .flatMap(endpoint -> find(endpoint.networkId()))
                    .map(EngineNet::publishingAddress)
                    .orElse("");
            List<Ports.Binding> bindings = ports.take(container.id(), container.config(), address);
            if (!bindings.isEmpty()) {
                sync();
            }
            return bindings;
        } finally {
            lock.unlock();
        }
    }

    /// Takes back what was published.
    void unpublish(EngineContainer container) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            if (!ports.of(container.id()).isEmpty()) {
                ports.release(container.id());
                sync();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Notes again what a container that runs already has; [#refresh] makes rules of it.
    void restore(EngineContainer container, List<Ports.Binding> bindings) {
        lock.lock();
        try {
            for (Endpoint endpoint : container.endpoints().values()) {
                find(endpoint.networkId())
                        .filter(network -> endpoint.isUp())
                        .ifPresent(network -> seat(container, network, endpoint));
            }
            ports.restore(container.id(), bindings);
        } finally {
            lock.unlock();
        }
    }

    /// Names have changed: of a container that was renamed.
    void rename(EngineContainer container) throws InterruptedException {
        restore(container, bindings(container));
        refresh();
    }

    /// Makes the host be as this is.
    void refresh() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            if (all.values().stream().anyMatch(network -> !network.subnet().isEmpty())) {
                sync();
            }
        } finally {
            lock.unlock();
        }
    }

    /// What `container` has published.
    List<Ports.Binding> bindings(EngineContainer container) {
        lock.lock();
        try {
            return ports.of(container.id());
        } finally {
            lock.unlock();
        }
    }

    /// Where containers ask for names.
    String nameServer() {
        return bridges.dnsAddress();
    }

    private void sync() throws InterruptedException {
        learnMtu();
        List<EngineNetwork> onHost = all.values().stream()
                .filter(network -> network.isBridge() && !network.subnet().isEmpty())
                .sorted(Comparator.comparing(EngineNet::id))
                .map(this::onHost)
                .toList();
        var published = new ArrayList<EngineNetwork.PublishedPort>();
        var members = new ArrayList<EngineNetwork.Member>();
        var ways = new LinkedHashMap<String, String>();
        seats.values().forEach(seat -> {
            ways.putIfAbsent(seat.container(), seat.address());
            members.add(new EngineNetwork.Member(seat.network(), seat.address(), seat.names()));
        });
        ways.forEach((container, address) -> ports.of(container)
                .forEach(binding -> published.add(new EngineNetwork.PublishedPort(
                        binding.hostAddress(),
                        binding.hostPort(),
                        binding.protocol(),
                        address,
                        binding.containerPort()))));
        bridges.apply(onHost, published);
        try {
            bridges.names(members(members));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    // Who is on several networks asks from any of its addresses.
    private List<EngineNetwork.Member> members(List<EngineNetwork.Member> own) {
        var all = new ArrayList<>(own);
        for (Seat seat : seats.values()) {
            for (Seat other : seats.values()) {
                if (!seat.equals(other) && seat.container().equals(other.container())) {
                    all.add(new EngineNetwork.Member(other.network(), seat.address(), List.of()));
                }
            }
        }
        return all;
    }

    private EngineNetwork onHost(EngineNet network) {
        return network.onHost(bridges.deviceOf(network.id()), usualMtu);
    }

    // Asked for late, for most starts need it not.
    private void learnMtu() throws InterruptedException {
        if (usualMtu == 0) {
            usualMtu = bridges.usualMtu();
        }
    }

    private String address(EngineNet network, String wanted) {
        Range range = Range.parse(network.subnet());
        List<String> taken = seats.values().stream()
                .filter(seat -> seat.network().equals(network.id()))
                .map(Seat::address)
                .toList();
        if (!wanted.isEmpty()) {
            if (!Range.isAddress(wanted) || !range.contains(wanted)) {
                throw EngineException.invalid(
                        "invalid endpoint settings:\nno configured subnet contains IP address " + wanted);
            }
            if (taken.contains(wanted) || wanted.equals(network.gateway())) {
                throw EngineException.forbidden("failed to set up container networking: Address already in use");
            }
            return wanted;
        }
        Range pool = network.ipRange().isEmpty() ? range : Range.parse(network.ipRange());
        long size = 1L << (32 - pool.length());
        long first = pool.equals(range) ? 1 : 0;
        for (long i = first; i < size - 1; i++) {
            String candidate = pool.address((int) i);
            if (!taken.contains(candidate) && !candidate.equals(network.gateway())) {
                return candidate;
            }
        }
        throw EngineException.failed(
                "no available IPv4 addresses on this network's address pools: " + network.name() + " (" + network.id()
                        + ")",
                null);
    }

    private static String hardwareAddress(String address) {
        String[] bytes = address.split("\\.");
        return "02:42:%02x:%02x:%02x:%02x"
                .formatted(
                        Integer.parseInt(bytes[0]),
                        Integer.parseInt(bytes[1]),
                        Integer.parseInt(bytes[2]),
                        Integer.parseInt(bytes[3]));
    }

    private static String key(EngineContainer container, EngineNet network) {
        return container.id() + "/" + network.id();
    }

    private String newId() {
        byte[] id = new byte[ID_BYTES];
        randomness.nextBytes(id);
        return HexFormat.of().formatHex(id);
    }

    private void write() throws IOException {
        var list = Json.array();
        all.values().forEach(network -> list.add(network.json()));
        Files.createDirectories(file.getParent());
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.write(fresh, Json.bytes(list));
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /// As `inspect` shows it, with the containers among `containers` that are on it.
    ObjectNode shown(EngineNet network, List<EngineContainer> containers) {
        ObjectNode tree = network.shown();
        ObjectNode inside = JsonFields.object(tree, "Containers");
        for (EngineContainer container : containers) {
            container.endpoints().values().stream()
                    .filter(endpoint -> endpoint.networkId().equals(network.id())
                            && container.state().hasProcesses())
                    .forEach(endpoint -> inside.putObject(container.id())
                            .put("Name", container.name())
                            .put("EndpointID", endpoint.endpointId())
                            .put("MacAddress", endpoint.hardwareAddress())
                            .put(
                                    "IPv4Address",
                                    endpoint.address().isEmpty()
                                            ? ""
                                            : endpoint.address() + "/" + endpoint.prefixLength())
                            .put("IPv6Address", ""));
        }
        return tree;
    }
}
