package dev.longshore.kinds.services;

import dev.longshore.kinds.kit.Addresses;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Registry;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// The cluster's stocks of service addresses and node ports.
public final class ServiceStocks {

    static final GroupResource SERVICES = new GroupResource("", "services");

    private final KindsContext context;
    private final Addresses.Block block;
    private final Stock addresses;
    private final Stock ports;

    /// As large as `context` says.
    public ServiceStocks(KindsContext context) {
        this.context = context;
        this.block = Addresses.Block.parse(context.serviceRange());
        int size = (int) block.size();
        // The network's own address and the broadcast address are nobody's.
        int last = Math.max(size - 1, 1);
        this.addresses = new Stock("ranges/serviceips", context.serviceRange(), 1, lower(size), last, context.random());
        int first = context.nodePorts().first();
        int count = context.nodePorts().last() - first + 1;
        this.ports = new Stock(
                "ranges/servicenodeports",
                first + "-" + context.nodePorts().last(),
                0,
                count < 32 ? 0 : Math.min(Math.max(16, count / 32), 128),
                count,
                context.random());
    }

    /// How many of the lowest addresses are left to those who ask for them by name.
    private static int lower(int size) {
        return size < 16 ? 1 : Math.min(Math.max(16, size / 16), 256);
    }

    /// The first address of the range: the `kubernetes` service's.
    public String firstAddress() {
        return block.at(1);
    }

    /// The address family, `IPv4` or `IPv6`.
    String family() {
        return block.bytes() == 4 ? "IPv4" : "IPv6";
    }

    /// Takes `address`; why not, if it cannot be had.
    Optional<String> takeAddress(Registry registry, String address) {
        Optional<Integer> offset = offset(address);
        if (offset.isEmpty()) {
            return Optional.of("failed to allocate IP " + address + ": the provided IP (" + address
                    + ") is not in the valid range. The range of valid IPs is " + context.serviceRange());
        }
        return addresses.take(registry, offset.get())
                ? Optional.empty()
                : Optional.of("failed to allocate IP " + address + ": provided IP is already allocated");
    }

    /// Takes any address; empty if none is left.
    Optional<String> takeAnyAddress(Registry registry) {
        return addresses.takeAny(registry).map(block::at);
    }

    /// Takes `port`; why not, if it cannot be had.
    Optional<String> takePort(Registry registry, int port) {
        if (!context.nodePorts().contains(port)) {
            return Optional.of("provided port is not in the valid range. The range of valid ports is "
                    + context.nodePorts().first() + "-" + context.nodePorts().last());
        }
        return ports.take(registry, port - context.nodePorts().first())
                ? Optional.empty()
                : Optional.of("provided port is already allocated");
    }

    /// Takes any port; empty if none is left.
    Optional<Integer> takeAnyPort(Registry registry) {
        return ports.takeAny(registry)
                .map(offset -> offset + context.nodePorts().first());
    }

    /// Gives back addresses and ports.
    void giveBack(Registry registry, Holding holding) {
        var offsets = new HashSet<Integer>();
        holding.addresses().forEach(address -> offset(address).ifPresent(offsets::add));
        addresses.giveBack(registry, offsets);
        ports.giveBack(registry, portOffsets(holding.ports()));
    }

    /// Counts what all services hold and makes that the truth: a server that died between taking and storing
    /// has left a hole. To be called while nobody else writes services.
    public void repair(Registry registry) {
        var offsets = new HashSet<Integer>();
        var nodePorts = new HashSet<Integer>();
        registry.list(SERVICES, "").forEach(service -> {
            Holding holding = Holding.of(service.tree());
            holding.addresses().forEach(address -> offset(address).ifPresent(offsets::add));
            nodePorts.addAll(holding.ports());
        });
        addresses.reset(registry, offsets);
        ports.reset(registry, portOffsets(nodePorts));
    }

    private Set<Integer> portOffsets(Set<Integer> numbers) {
        var offsets = new HashSet<Integer>();
        for (int port : numbers) {
            if (context.nodePorts().contains(port)) {
                offsets.add(port - context.nodePorts().first());
            }
        }
        return offsets;
    }

    private Optional<Integer> offset(String address) {
        return block.offset(address)
                .filter(offset -> offset > 0 && offset < block.size() - 1)
                .map(Long::intValue);
    }

    /// What one service holds.
    record Holding(Set<String> addresses, Set<Integer> ports) {

        static Holding of(ObjectNode service) {
            var addresses = new HashSet<String>();
            String address = Trees.text(service, "spec", "clusterIP");
            if (!address.isEmpty() && !address.equals("None")) {
                addresses.add(address);
            }
            var ports = new HashSet<Integer>();
            for (ObjectNode port : Trees.list(service, "spec", "ports")) {
                ports.add((int) Trees.number(port, 0, "nodePort"));
            }
            ports.add((int) Trees.number(service, 0, "spec", "healthCheckNodePort"));
            ports.remove(0);
            return new Holding(addresses, ports);
        }

        /// What this holds and `other` does not.
        Holding without(Holding other) {
            var fewer = new HashSet<>(addresses);
            fewer.removeAll(other.addresses);
            var fewerPorts = new HashSet<>(ports);
            fewerPorts.removeAll(other.ports);
            return new Holding(fewer, fewerPorts);
        }
    }
}
