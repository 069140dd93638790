package dev.longshore.docker;

import dev.longshore.base.Time;
import dev.longshore.network.EngineBridges;
import dev.longshore.network.view.Range;
import dev.longshore.network.view.Range6;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import tools.jackson.databind.node.ObjectNode;

/// The engine's networks: made, found, removed. Who is on them is [Seats]' affair. One lock guards both, held while
/// the host is changed: such changes are rare, and must not overlap. Thread-safe.
final class Networks {

    private static final int ID_BYTES = 32;
    private static final int UNIQUE_LOCAL_BYTES = 7;
    private static final int TRIES = 100;

    private final EngineBridges bridges;
    private final Events events;
    private final RandomGenerator randomness;
    private final Time time;
    private final ReentrantLock lock = new ReentrantLock();
    private final NetworkRecords records;
    private final Seats seats;

    Networks(EngineBridges bridges, Path file, Events events, RandomGenerator randomness, Time time) {
        this.bridges = bridges;
        this.events = events;
        this.randomness = randomness;
        this.time = time;
        this.records = new NetworkRecords(file);
        this.seats = new Seats(bridges, records, this, events, lock);
    }

    /// Reads what is there, and makes the three that there are always.
    void start() throws IOException {
        records.load();
        predefine("bridge", "bridge");
        predefine("host", "host");
        predefine("none", "null");
        records.save();
    }

    private void predefine(String name, String driver) {
        if (find(name).isEmpty()) {
            records.put(new EngineNet(
                    newId(),
                    name,
                    time.now(),
                    driver,
                    AddressPool.NONE,
                    Optional.empty(),
                    false,
                    false,
                    Map.of(),
                    Map.of()));
        }
    }

    /// Who is on them.
    Seats seats() {
        return seats;
    }

    List<EngineNet> list() {
        return records.list();
    }

    /// By id, name, or the beginning of an id.
    Optional<EngineNet> find(String text) {
        return records.find(text);
    }

    /// @throws EngineException when there is none
    EngineNet get(String text) {
        return records.get(text);
    }

    /// The network, with its addresses chosen if it has a bridge.
    EngineNet ready(EngineNet network) throws InterruptedException {
        if (!network.isBridge() || network.isPlaced()) {
            return network;
        }
        lock.lockInterruptibly();
        try {
            EngineNet now = records.find(network.id()).orElse(network);
            return now.isPlaced() ? now : place(now);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } finally {
            lock.unlock();
        }
    }

    /// Makes a network.
    EngineNet create(NetworkWish wish) throws IOException, InterruptedException {
        lock.lockInterruptibly();
        try {
            if (records.list().stream().anyMatch(network -> network.name().equals(wish.name()))) {
                throw EngineException.conflict("network with name " + wish.name() + " already exists");
            }
            EngineNet made = place(new EngineNet(
                    newId(),
                    wish.name(),
                    time.now(),
                    "bridge",
                    wish.pool(),
                    wish.pool6(),
                    wish.isInternal(),
                    wish.isAttachable(),
                    wish.options(),
                    wish.labels()));
            events.tell("network", "create", made.id(), Map.of("name", made.name(), "type", made.driver()));
            return made;
        } finally {
            lock.unlock();
        }
    }

    /// Chooses what addresses are not chosen yet, and makes the bridge.
    private EngineNet place(EngineNet network) throws IOException, InterruptedException {
        Optional<AddressPool> pool6 =
                network.pool6().isPresent() ? Optional.of(six(network.pool6().get())) : Optional.empty();
        if (network.pool().isChosen()) {
            keep(network.with(four(network.pool()), pool6));
        } else {
            List<String> taken = records.placed().stream()
                    .map(other -> other.pool().subnet())
                    .toList();
            Optional<String> range = bridges.chooseRange(
                    taken,
                    free -> keep(network.with(
                            network.pool().with(free, Range.parse(free).address(1)), pool6)));
            if (range.isEmpty()) {
                throw EngineException.invalid("all predefined address pools have been fully subnetted");
            }
        }
        records.save();
        seats.sync();
        return records.get(network.id());
    }

    private void keep(EngineNet placed) throws IOException, InterruptedException {
        bridges.create(seats.onHost(placed));
        records.put(placed);
    }

    private AddressPool four(AddressPool pool) throws InterruptedException {
        Range range = Range.parse(pool.subnet());
        boolean overlaps = records.placed().stream()
                .anyMatch(other -> Range.parse(other.pool().subnet()).overlaps(range));
        if (overlaps || bridges.isUsed(pool.subnet())) {
            throw overlap();
        }
        return pool.with(range.toString(), pool.gateway().isEmpty() ? range.address(1) : pool.gateway());
    }

    private AddressPool six(AddressPool pool) throws InterruptedException {
        if (pool.isChosen()) {
            Range6 range = Range6.parse(pool.subnet());
            if (isTaken(range)) {
                throw overlap();
            }
            return pool.with(
                    range.toString(), pool.gateway().isEmpty() ? range.address(1) : Range6.canonical(pool.gateway()));
        }
        for (int i = 0; i < TRIES; i++) {
            // RFC 4193: a prefix of the site's own, by chance.
            byte[] chance = new byte[UNIQUE_LOCAL_BYTES];
            randomness.nextBytes(chance);
            String digits = "fd" + HexFormat.of().formatHex(chance);
            Range6 range = Range6.parse(digits.replaceAll("(.{4})(?!$)", "$1:") + "::/64");
            if (!isTaken(range)) {
                return pool.with(range.toString(), range.address(1));
            }
        }
        throw EngineException.invalid("all predefined address pools have been fully subnetted");
    }

    private boolean isTaken(Range6 range) throws InterruptedException {
        return bridges.isUsed(range.toString())
                || records.placed().stream()
                        .flatMap(other -> other.pool6().stream())
                        .anyMatch(other -> Range6.parse(other.subnet()).overlaps(range));
    }

    private static EngineException overlap() {
        return EngineException.forbidden("invalid pool request: Pool overlaps with other one on this address space");
    }

    /// Removes a network that nobody is on.
    void remove(EngineNet network) throws IOException, InterruptedException {
        lock.lockInterruptibly();
        try {
            if (network.isPredefined()) {
                throw EngineException.forbidden(network.name() + " is a pre-defined network and cannot be removed");
            }
            String active = seats.namesOn(network);
            if (!active.isEmpty()) {
                throw EngineException.forbidden("error while removing network: network " + network.name()
                        + " has active endpoints (" + active + ")");
            }
            records.remove(network);
            records.save();
            seats.sync();
            if (network.isBridge()) {
                bridges.delete(seats.onHost(network));
            }
            events.tell("network", "destroy", network.id(), Map.of("name", network.name(), "type", network.driver()));
        } finally {
            lock.unlock();
        }
    }

    /// Makes the host be as this is.
    void refresh() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            if (!records.placed().isEmpty()) {
                seats.sync();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Where containers ask for names.
    String nameServer() {
        return bridges.dnsAddress();
    }

    String newId() {
        byte[] id = new byte[ID_BYTES];
        randomness.nextBytes(id);
        return HexFormat.of().formatHex(id);
    }

    /// As `inspect` shows it, with the containers among `containers` that are on it.
    static ObjectNode shown(EngineNet network, List<EngineContainer> containers) {
        ObjectNode tree = network.shown();
        ObjectNode inside = JsonFields.object(tree, "Containers");
        for (EngineContainer container : containers) {
            container.endpoints().values().stream()
                    .filter(endpoint -> endpoint.networkId().equals(network.id())
                            && container.state().hasProcesses())
                    .map(Endpoint::line)
                    .forEach(line -> inside.putObject(container.id())
                            .put("Name", container.name())
                            .put("EndpointID", line.endpointId())
                            .put("MacAddress", line.hardwareAddress())
                            .put("IPv4Address", withLength(line.address(), line.prefixLength()))
                            .put("IPv6Address", withLength(line.address6(), line.prefixLength6())));
        }
        return tree;
    }

    static String withLength(String address, int length) {
        return address.isEmpty() ? "" : address + "/" + length;
    }
}
