package dev.longshore.kinds.services;

import dev.longshore.kinds.kit.Addresses;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Registry;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// The cluster's stocks of service addresses and node ports.
public final class ServiceStocks {

    static final GroupResource SERVICES = new GroupResource("", "services");

    private final KindsContext context;
    /// By family, in the order in which the cluster prefers them.
    private final Map<String, Range> ranges = new LinkedHashMap<>();
    private final Stock ports;

    /// As large as `context` says.
    public ServiceStocks(KindsContext context) {
        this.context = context;
        for (String text : context.serviceRanges()) {
            String key = ranges.isEmpty() ? "ranges/serviceips" : "ranges/secondaryserviceips";
            var range = new Range(text, key, context);
            ranges.put(range.family(), range);
        }
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

    /// The first address of the range: the `kubernetes` service's.
    public String firstAddress() {
        return ranges.values().iterator().next().block.at(1);
    }

    /// The address families, `IPv4` or `IPv6` or both.
    List<String> families() {
        return List.copyOf(ranges.keySet());
    }

    /// Takes `address` of `family`; why not, if it cannot be had.
    Optional<String> takeAddress(Registry registry, String family, String address) {
        Range range = ranges.get(family);
        Optional<Integer> offset = range.offset(address);
        if (offset.isEmpty()) {
            return Optional.of("failed to allocate IP " + address + ": the provided IP (" + address
                    + ") is not in the valid range. The range of valid IPs is " + range.text);
        }
        return range.stock.take(registry, offset.get())
                ? Optional.empty()
                : Optional.of("failed to allocate IP " + address + ": provided IP is already allocated");
    }

    /// Takes any address of `family`; empty if none is left.
    Optional<String> takeAnyAddress(Registry registry, String family) {
        Range range = ranges.get(family);
        return range.stock.takeAny(registry).map(range.block::at);
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
        ranges.values().forEach(range -> range.stock.giveBack(registry, range.offsets(holding.addresses())));
        ports.giveBack(registry, portOffsets(holding.ports()));
    }

    /// Counts what all services hold and makes that the truth: a server that died between taking and storing
    /// has left a hole. To be called while nobody else writes services.
    public void repair(Registry registry) {
        count(registry, Stock::reset);
    }

    /// Counts what all services hold and takes what is missing of it. Others may write services meanwhile: what they
    /// have taken and not yet stored stays theirs.
    public void complete(Registry registry) {
        count(registry, Stock::takeAll);
    }

    private interface Count {
        void make(Stock stock, Registry registry, Set<Integer> numbers);
    }

    private void count(Registry registry, Count count) {
        var addresses = new HashSet<String>();
        var nodePorts = new HashSet<Integer>();
        registry.list(SERVICES, "").forEach(service -> {
            Holding holding = Holding.of(service.tree());
            addresses.addAll(holding.addresses());
            nodePorts.addAll(holding.ports());
        });
        ranges.values().forEach(range -> count.make(range.stock, registry, range.offsets(addresses)));
        count.make(ports, registry, portOffsets(nodePorts));
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

    /// The addresses of one family.
    private static final class Range {
        private final String text;
        private final Addresses.Block block;
        private final Stock stock;

        Range(String text, String key, KindsContext context) {
            this.text = text;
            this.block = Addresses.Block.parse(text);
            int size = (int) block.size();
            this.stock = new Stock(key, text, 1, lower(size), last(), context.random());
        }

        /// How many of the lowest addresses are left to those who ask for them by name.
        private static int lower(int size) {
            return size < 16 ? 1 : Math.min(Math.max(16, size / 16), 256);
        }

        /// The network's own address is nobody's, nor is the broadcast address, which IPv6 has not.
        private int last() {
            return (int) Math.max(family().equals("IPv4") ? block.size() - 1 : block.size(), 1);
        }

        String family() {
            return block.bytes() == 4 ? "IPv4" : "IPv6";
        }

        Optional<Integer> offset(String address) {
            return block.offset(address)
                    .filter(offset -> offset > 0 && offset < last())
                    .map(Long::intValue);
        }

        /// Where those of `addresses` are that are in this range.
        Set<Integer> offsets(Set<String> addresses) {
            var offsets = new HashSet<Integer>();
            addresses.forEach(address -> offset(address).ifPresent(offsets::add));
            return offsets;
        }
    }

    /// What one service holds.
    record Holding(Set<String> addresses, Set<Integer> ports) {

        static Holding of(ObjectNode service) {
            var addresses = new HashSet<String>();
            addresses.add(Trees.text(service, "spec", "clusterIP"));
            addresses.addAll(Trees.strings(service, "spec", "clusterIPs"));
            addresses.removeAll(Set.of("", "None"));
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
