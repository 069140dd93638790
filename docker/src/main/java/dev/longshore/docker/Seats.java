package dev.longshore.docker;

import dev.longshore.network.EngineBridges;
import dev.longshore.network.EngineNetwork;
import dev.longshore.network.view.Range6;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/// Which containers are on which networks: cables, published ports, names. Shares the lock of [Networks]. Thread-safe.
final class Seats {

    private final EngineBridges bridges;
    private final NetworkRecords records;
    private final Networks networks;
    private final Events events;
    private final ReentrantLock lock;
    private final Map<String, Seat> seats = new LinkedHashMap<>();
    private final Ports ports;
    private int usualMtu;

    Seats(EngineBridges bridges, NetworkRecords records, Networks networks, Events events, ReentrantLock lock) {
        this.bridges = bridges;
        this.records = records;
        this.networks = networks;
        this.events = events;
        this.lock = lock;
        this.ports = new Ports(bridges.hostPorts());
    }

    /// A container on a network, by the cable's key.
    private record Seat(EngineContainer container, String network, Endpoint.Cable line, Endpoint endpoint) {
        List<String> addresses() {
            return line.address6().isEmpty() ? List.of(line.address()) : List.of(line.address(), line.address6());
        }
    }

    /// Whether a cable carries the container's default routes.
    record WayOut(boolean four, boolean six) {}

    /// Leads a cable to `container`, whose network namespace is pinned at `namespace`.
    Endpoint plug(EngineContainer container, Path namespace, Endpoint wanted, String device, WayOut wayOut)
            throws InterruptedException {
        EngineNet network = networks.ready(records.get(wanted.networkId()));
        lock.lockInterruptibly();
        try {
            Endpoint.Cable line = line(network, wanted.wish(), device);
            bridges.create(onHost(network));
            var settings = new LinkedHashMap<>(wanted.wish().settings(device));
            settings.putIfAbsent(
                    "net/ipv6/conf/" + device + "/disable_ipv6", line.address6().isEmpty() ? "1" : "0");
            bridges.plug(
                    onHost(network),
                    namespace,
                    key(container, network.id()),
                    new EngineNetwork.Plug(
                            device,
                            Networks.withLength(line.address(), line.prefixLength()),
                            line.hardwareAddress(),
                            wayOut.four() ? line.gateway() : "",
                            Networks.withLength(line.address6(), line.prefixLength6()),
                            wayOut.six() ? line.gateway6() : "",
                            settings));
            Endpoint up = wanted.on(network).up(line);
            seat(container, up);
            sync();
            tell("connect", container, network);
            return up;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } finally {
            lock.unlock();
        }
    }

    private Endpoint.Cable line(EngineNet network, EndpointWish wish, String device) {
        List<String> taken = seats.values().stream()
                .filter(seat -> seat.network().equals(network.id()))
                .flatMap(seat -> seat.addresses().stream())
                .toList();
        var addresses = new Addresses(network, taken);
        String address = addresses.four(wish.address());
        boolean hasSix = network.pool6().isPresent();
        AddressPool six = network.pool6().orElse(AddressPool.NONE);
        return new Endpoint.Cable(
                networks.newId(),
                address,
                network.prefixLength(),
                network.isInternal() ? "" : network.pool().gateway(),
                hasSix ? addresses.six(wish.address6()) : "",
                hasSix ? Range6.parse(six.subnet()).length() : 0,
                hasSix && !network.isInternal() ? six.gateway() : "",
                wish.hardwareAddress().isEmpty() ? Addresses.hardware(address) : wish.hardwareAddress(),
                device);
    }

    private void seat(EngineContainer container, Endpoint endpoint) {
        seats.put(
                key(container, endpoint.networkId()),
                new Seat(container, endpoint.networkId(), endpoint.line(), endpoint));
    }

    private static String key(EngineContainer container, String network) {
        return container.id() + "/" + network;
    }

    private void tell(String action, EngineContainer container, EngineNet network) {
        events.tell(
                "network",
                action,
                network.id(),
                Map.of("container", container.id(), "name", network.name(), "type", network.driver()));
    }

    /// Takes the cable away.
    void unplug(EngineContainer container, Endpoint endpoint) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            String key = key(container, endpoint.networkId());
            bridges.unplug(key);
            if (seats.remove(key) != null) {
                sync();
                records.find(endpoint.networkId()).ifPresent(network -> tell("disconnect", container, network));
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
                    .flatMap(endpoint -> records.find(endpoint.networkId()))
                    .map(EngineNet::publishingAddress)
                    .orElse("");
            boolean hasSix = container.endpoints().values().stream()
                    .anyMatch(endpoint -> !endpoint.line().address6().isEmpty());
            List<Ports.Binding> bindings =
                    ports.take(container.id(), container.config(), new Ports.Reach(address, hasSix));
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

    /// Notes again what a container that runs already has; [Networks#refresh] makes rules of it.
    void restore(EngineContainer container, List<Ports.Binding> bindings) {
        lock.lock();
        try {
            for (Endpoint endpoint : container.endpoints().values()) {
                records.find(endpoint.networkId())
                        .filter(network -> endpoint.isUp())
                        .ifPresent(network -> seat(container, endpoint));
            }
            ports.restore(container.id(), bindings);
        } finally {
            lock.unlock();
        }
    }

    /// The containers on `network`, as a refusal to remove it names them; with the lock held.
    String namesOn(EngineNet network) {
        return seats.values().stream()
                .filter(seat -> seat.network().equals(network.id()))
                .map(Seat::container)
                .map(container -> "name:\"%s\" id:\"%s\"".formatted(container.name(), container.shortId()))
                .collect(Collectors.joining(", "));
    }

    /// The network as the host has it.
    EngineNetwork onHost(EngineNet network) throws InterruptedException {
        // Asked for late, for most starts need it not.
        if (usualMtu == 0) {
            usualMtu = bridges.usualMtu();
        }
        return network.onHost(bridges.deviceOf(network.id()), usualMtu);
    }

    /// Makes rules and names of all this, with the lock held.
    void sync() throws InterruptedException {
        var onHost = new ArrayList<EngineNetwork>();
        for (EngineNet network : records.placed()) {
            onHost.add(onHost(network));
        }
        bridges.apply(onHost, published());
        try {
            bridges.names(members());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private List<EngineNetwork.PublishedPort> published() {
        var four = new LinkedHashMap<String, String>();
        var six = new LinkedHashMap<String, String>();
        for (Seat seat : seats.values()) {
            four.putIfAbsent(seat.container().id(), seat.line().address());
            if (!seat.line().address6().isEmpty()) {
                six.putIfAbsent(seat.container().id(), seat.line().address6());
            }
        }
        var published = new ArrayList<EngineNetwork.PublishedPort>();
        four.forEach((container, address) -> {
            for (Ports.Binding binding : ports.of(container)) {
                String to = binding.isSix() ? six.getOrDefault(container, "") : address;
                if (!to.isEmpty()) {
                    published.add(new EngineNetwork.PublishedPort(
                            binding.isEverywhere() ? "" : binding.hostAddress(),
                            binding.hostPort(),
                            binding.protocol(),
                            to,
                            binding.containerPort()));
                }
            }
        });
        return published;
    }

    // Who is on several networks asks from any of its addresses.
    private List<EngineNetwork.Member> members() {
        var all = new ArrayList<EngineNetwork.Member>();
        for (Seat seat : seats.values()) {
            boolean hasNames = !seat.endpoint().networkName().equals("bridge");
            all.add(new EngineNetwork.Member(
                    seat.network(),
                    seat.addresses(),
                    hasNames ? seat.endpoint().names(seat.container()) : List.of(),
                    links(seat)));
            for (Seat other : seats.values()) {
                if (!seat.equals(other) && seat.container().equals(other.container())) {
                    all.add(new EngineNetwork.Member(other.network(), seat.addresses(), List.of(), Map.of()));
                }
            }
        }
        return all;
    }

    /// The links of a container on a network of the user's own: names for others there.
    private Map<String, List<String>> links(Seat seat) {
        var links = new LinkedHashMap<String, List<String>>();
        for (String link : seat.endpoint().wish().links()) {
            Link parsed = Link.parse(link);
            seats.values().stream()
                    .filter(other -> other.network().equals(seat.network()))
                    .filter(other -> parsed.means(other.container()))
                    .forEach(other -> links.put(parsed.alias(), other.addresses()));
        }
        return links;
    }
}
