package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.network.HostPorts;
import dev.longshore.network.view.Range;
import dev.longshore.network.view.Range6;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Who has which port of the host. Guarded by its owner's lock.
final class Ports {

    private static final int FIRST = 32768;
    private static final int LAST = 60999;
    private static final int SHORT = 12;

    private final HostPorts all;
    private final Map<String, List<Binding>> byContainer = new HashMap<>();
    private int next = FIRST;

    /// With what the host gives to others, too.
    Ports(HostPorts all) {
        this.all = all;
    }

    /// How a container can be reached.
    ///
    /// @param address where ports are published that name no address; empty for everywhere
    /// @param hasSix whether it has an IPv6 address
    record Reach(String address, boolean hasSix) {}

    /// A port of the host that leads to a port of a container.
    ///
    /// @param hostAddress empty for every IPv4 address, `::` for every IPv6 address
    record Binding(String hostAddress, int hostPort, int containerPort, String protocol) {

        /// As Docker calls the container's side, `80/tcp`.
        String key() {
            return containerPort + "/" + protocol;
        }

        ObjectNode json() {
            return Json.object()
                    .put("hostAddress", hostAddress)
                    .put("hostPort", hostPort)
                    .put("containerPort", containerPort)
                    .put("protocol", protocol);
        }

        static Binding of(JsonNode tree) {
            return new Binding(
                    tree.path("hostAddress").asString(""),
                    tree.path("hostPort").asInt(0),
                    tree.path("containerPort").asInt(0),
                    tree.path("protocol").asString("tcp"));
        }

        boolean isSix() {
            return hostAddress.contains(":");
        }

        boolean isEverywhere() {
            return hostAddress.isEmpty() || hostAddress.equals("::");
        }

        HostPorts.Port onHost() {
            return new HostPorts.Port(hostAddress, hostPort, protocol);
        }

        Binding at(String address) {
            return new Binding(address, hostPort, containerPort, protocol);
        }
    }

    /// Those of one container.
    List<Binding> of(String container) {
        return byContainer.getOrDefault(container, List.of());
    }

    void release(String container) {
        byContainer.remove(container);
        all.release(owner(container));
    }

    /// Takes back what was given before a restart.
    void restore(String container, List<Binding> bindings) {
        byContainer.put(container, List.copyOf(bindings));
        all.give(owner(container), bindings.stream().map(Binding::onHost).toList());
    }

    private static String owner(String container) {
        return "container " + container.substring(0, Math.min(SHORT, container.length()));
    }

    /// Gives `container` the ports that its configuration asks for, all or none.
    ///
    /// @throws EngineException when one is taken
    List<Binding> take(String container, ContainerConfig config, Reach reach) {
        var taken = new ArrayList<Binding>();
        for (Map.Entry<String, JsonNode> port :
                config.host().path("PortBindings").properties()) {
            Target target = Target.parse(port.getKey());
            for (JsonNode wish : port.getValue()) {
                String host = wish.path("HostIp").asString("");
                choose(where(host, reach), wish.path("HostPort").asString(""), target, taken);
            }
        }
        if (config.host().path("PublishAllPorts").asBoolean(false)) {
            for (String exposed :
                    new TreeSet<>(config.config().path("ExposedPorts").propertyNames())) {
                Target target = Target.parse(exposed);
                if (taken.stream().noneMatch(binding -> binding.key().equals(target.key()))) {
                    choose(where("", reach), "", target, taken);
                }
            }
        }
        all.take(owner(container), taken.stream().map(Binding::onHost).toList()).ifPresent(other -> {
            throw EngineException.failed("port is already allocated by " + other, null);
        });
        byContainer.put(container, List.copyOf(taken));
        return taken;
    }

    /// The addresses of the host at which a wish is granted.
    private static List<String> where(String wanted, Reach reach) {
        String asked = wanted.isEmpty() ? reach.address() : wanted;
        return switch (asked) {
            case "" -> reach.hasSix() ? List.of("", "::") : List.of("");
            case "0.0.0.0" -> List.of("");
            case "::" -> List.of(reach.hasSix() ? "::" : "");
            default -> {
                if (asked.contains(":") && !reach.hasSix()) {
                    throw EngineException.invalid("port cannot be published at " + asked
                            + ": the container has no IPv6 address; create its network with --ipv6");
                }
                if (asked.equals("::1")) {
                    throw EngineException.invalid(
                            "port cannot be published at ::1: the kernel leads nothing from there to a container;"
                                    + " publish at 127.0.0.1 instead");
                }
                if (!Range.isAddress(asked) && !Range6.isAddress(asked)) {
                    throw EngineException.invalid("invalid host IP address: " + asked);
                }
                yield List.of(asked);
            }
        };
    }

    /// Adds to `mine` the same port at each of `addresses`.
    private void choose(List<String> addresses, String wish, Target target, List<Binding> mine) {
        if (wish.isEmpty() || wish.equals("0")) {
            for (int tries = FIRST; tries <= LAST; tries++) {
                var binding = new Binding(addresses.getFirst(), next, target.port(), target.protocol());
                next = next == LAST ? FIRST : next + 1;
                if (addresses.stream().map(binding::at).allMatch(one -> isFree(one, mine) && isBindable(one))) {
                    addresses.forEach(address -> mine.add(binding.at(address)));
                    return;
                }
            }
            throw EngineException.failed("all ports are allocated", null);
        }
        String[] range = wish.split("-", 2);
        int first = number(range[0]);
        int last = range.length == 2 ? number(range[1]) : first;
        for (int port = first; port <= last; port++) {
            var binding = new Binding(addresses.getFirst(), port, target.port(), target.protocol());
            List<Binding> wanted = addresses.stream().map(binding::at).toList();
            if (wanted.stream().allMatch(one -> isFree(one, mine) && isBindable(one))) {
                mine.addAll(wanted);
                return;
            }
            if (port == last) {
                refuse(wanted, mine);
            }
        }
        throw EngineException.invalid("invalid port range: " + wish);
    }

    private void refuse(List<Binding> wanted, List<Binding> mine) {
        for (Binding binding : wanted) {
            String address = binding.hostAddress().isEmpty() ? "0.0.0.0" : binding.hostAddress();
            String shown = (address.contains(":") ? "[" + address + "]" : address) + ":" + binding.hostPort();
            if (!isFree(binding, mine)) {
                throw EngineException.failed("Bind for " + shown + " failed: port is already allocated", null);
            }
            if (!isBindable(binding)) {
                throw EngineException.failed(
                        "failed to bind host port for " + shown + "/" + binding.protocol() + ": address already in use",
                        null);
            }
        }
    }

    private static int number(String text) {
        if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) > 65_535) {
            throw EngineException.invalid("invalid port specification: \"" + text + "\"");
        }
        return Integer.parseInt(text);
    }

    private boolean isFree(Binding wanted, List<Binding> mine) {
        return mine.stream().map(Binding::onHost).noneMatch(wanted.onHost()::meets)
                && all.ownerOf(wanted.onHost(), "").isEmpty();
    }

    // No socket is kept: what the kernel leads on needs none, and a socket would end with this process.
    private static boolean isBindable(Binding wanted) {
        try {
            InetAddress address =
                    InetAddress.getByName(wanted.hostAddress().isEmpty() ? "0.0.0.0" : wanted.hostAddress());
            var at = new InetSocketAddress(address, wanted.hostPort());
            if (wanted.protocol().equals("udp")) {
                try (var socket = new DatagramSocket(at)) {
                    return socket.isBound();
                }
            }
            if (wanted.protocol().equals("tcp")) {
                try (var socket = new ServerSocket()) {
                    socket.bind(at);
                    return true;
                }
            }
            return true;
        } catch (IOException taken) {
            return false;
        }
    }

    /// The container's side of a port, as `80/tcp` or `80`.
    record Target(int port, String protocol) {
        static Target parse(String text) {
            String[] parts = text.split("/", 2);
            String protocol = parts.length == 2 ? parts[1].toLowerCase(java.util.Locale.ROOT) : "tcp";
            if (!List.of("tcp", "udp", "sctp").contains(protocol)) {
                throw EngineException.invalid("invalid port specification: \"" + text + "\"");
            }
            return new Target(number(parts[0]), protocol);
        }

        String key() {
            return port + "/" + protocol;
        }
    }
}
