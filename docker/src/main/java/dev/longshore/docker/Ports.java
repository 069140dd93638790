package dev.longshore.docker;

import dev.longshore.base.Json;
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

    private final Map<String, List<Binding>> byContainer = new HashMap<>();
    private int next = FIRST;

    /// A port of the host that leads to a port of a container.
    ///
    /// @param hostAddress empty for every address
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

        boolean meets(Binding other) {
            return hostPort == other.hostPort
                    && protocol.equals(other.protocol)
                    && (hostAddress.isEmpty() || other.hostAddress.isEmpty() || hostAddress.equals(other.hostAddress));
        }
    }

    /// Those of one container.
    List<Binding> of(String container) {
        return byContainer.getOrDefault(container, List.of());
    }

    void release(String container) {
        byContainer.remove(container);
    }

    /// Takes back what was given before a restart.
    void restore(String container, List<Binding> bindings) {
        byContainer.put(container, List.copyOf(bindings));
    }

    /// Gives `container` the ports that its configuration asks for, all or none.
    ///
    /// @param address where those are published that name no address; empty for everywhere
    /// @throws EngineException when one is taken
    List<Binding> take(String container, ContainerConfig config, String address) {
        var taken = new ArrayList<Binding>();
        for (Map.Entry<String, JsonNode> port :
                config.host().path("PortBindings").properties()) {
            Target target = Target.parse(port.getKey());
            for (JsonNode wish : port.getValue()) {
                String host = wish.path("HostIp").asString("");
                String at = host.isEmpty() ? address : host.equals("0.0.0.0") || host.equals("::") ? "" : host;
                taken.add(choose(at, wish.path("HostPort").asString(""), target, taken));
            }
        }
        if (config.host().path("PublishAllPorts").asBoolean(false)) {
            for (String exposed :
                    new TreeSet<>(config.config().path("ExposedPorts").propertyNames())) {
                Target target = Target.parse(exposed);
                if (taken.stream().noneMatch(binding -> binding.key().equals(target.key()))) {
                    taken.add(choose(address, "", target, taken));
                }
            }
        }
        byContainer.put(container, List.copyOf(taken));
        return taken;
    }

    private Binding choose(String address, String wish, Target target, List<Binding> mine) {
        if (wish.isEmpty() || wish.equals("0")) {
            for (int tries = FIRST; tries <= LAST; tries++) {
                var binding = new Binding(address, next, target.port(), target.protocol());
                next = next == LAST ? FIRST : next + 1;
                if (!isTaken(binding, mine) && isBindable(binding)) {
                    return binding;
                }
            }
            throw EngineException.failed("all ports are allocated", null);
        }
        String[] range = wish.split("-", 2);
        int first = number(range[0]);
        int last = range.length == 2 ? number(range[1]) : first;
        for (int port = first; port <= last; port++) {
            var binding = new Binding(address, port, target.port(), target.protocol());
            if (isTaken(binding, mine)) {
                if (port == last) {
                    throw EngineException.failed(
                            "Bind for %s:%d failed: port is already allocated"
                                    .formatted(address.isEmpty() ? "0.0.0.0" : address, port),
                            null);
                }
            } else if (isBindable(binding)) {
                return binding;
            } else if (port == last) {
                throw EngineException.failed(
                        "failed to bind host port for %s:%d/%s: address already in use"
                                .formatted(address.isEmpty() ? "0.0.0.0" : address, port, target.protocol()),
                        null);
            }
        }
        throw EngineException.invalid("invalid port range: " + wish);
    }

    private static int number(String text) {
        if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) > 65_535) {
            throw EngineException.invalid("invalid port specification: \"" + text + "\"");
        }
        return Integer.parseInt(text);
    }

    private boolean isTaken(Binding wanted, List<Binding> mine) {
        return mine.stream().anyMatch(wanted::meets)
                || byContainer.values().stream().flatMap(List::stream).anyMatch(wanted::meets);
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
