package dev.longshore.linux;

import dev.longshore.base.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;

/// Interfaces, addresses and routes, over the tool `ip`.
public final class Links {

    private final Commands commands;

    /// Over the tool `ip`.
    public Links(Commands commands) {
        this.commands = commands;
    }

    /// Whether there is an interface called `name`.
    public boolean exists(String name) throws InterruptedException {
        return commands.run(Commands.Command.of("ip", "link", "show", "dev", name))
                        .exitCode()
                == 0;
    }

    /// Runs `ip`'s commands `lines` in order, in one process, up to the first that fails.
    ///
    /// @throws CommandFailedException when one did
    public void batch(List<String> lines) throws InterruptedException {
        commands.require(Commands.Command.of("ip", "-batch", "-").withInput(String.join("\n", lines) + "\n"));
    }

    /// As [#batch(List)], but goes on after a failure and reports none: for taking away what may be gone.
    public void batchAnyway(List<String> lines) throws InterruptedException {
        commands.run(Commands.Command.of("ip", "-force", "-batch", "-").withInput(String.join("\n", lines) + "\n"));
    }

    /// Deletes the interface; harmless when there is none.
    public void delete(String name) throws InterruptedException {
        commands.run(Commands.Command.of("ip", "link", "delete", "dev", name));
    }

    /// The interfaces that are ports of `bridge`.
    public List<String> portsOf(String bridge) throws InterruptedException {
        return names(commands.run(Commands.Command.of("ip", "-j", "link", "show", "master", bridge)), "ifname");
    }

    /// The interfaces whose names begin with `prefix` and end with `suffix`.
    public List<String> named(String prefix, String suffix) throws InterruptedException {
        return names(commands.run(Commands.Command.of("ip", "-j", "link", "show")), "ifname").stream()
                .filter(name -> name.startsWith(prefix) && name.endsWith(suffix))
                .toList();
    }

    /// The largest packet of the interface; empty when there is no such interface.
    public OptionalInt mtuOf(String name) throws InterruptedException {
        for (JsonNode link : tree(commands.run(Commands.Command.of("ip", "-j", "link", "show", "dev", name)))) {
            if (link.path("mtu").isInt()) {
                return OptionalInt.of(link.path("mtu").asInt());
            }
        }
        return OptionalInt.empty();
    }

    /// The IPv4 addresses of this host, each as `address/length`.
    public List<Address> addresses() throws InterruptedException {
        return addresses("-4");
    }

    /// The IPv6 addresses of this host, those of single links included.
    public List<Address> addresses6() throws InterruptedException {
        return addresses("-6");
    }

    private List<Address> addresses(String family) throws InterruptedException {
        var all = new ArrayList<Address>();
        for (JsonNode link : tree(commands.require("ip", "-j", family, "addr", "show"))) {
            for (JsonNode address : link.path("addr_info")) {
                all.add(new Address(
                        link.path("ifname").asString(""),
                        address.path("local").asString(""),
                        address.path("prefixlen").asInt(32)));
            }
        }
        return all;
    }

    /// The IPv4 routes of every table.
    public List<Route> routes() throws InterruptedException {
        var all = new ArrayList<Route>();
        for (JsonNode route : tree(commands.require("ip", "-j", "-4", "route", "show", "table", "all"))) {
            all.add(new Route(
                    route.path("type").asString("unicast"),
                    route.path("dst").asString(""),
                    text(route, "dev"),
                    text(route, "gateway"),
                    text(route, "prefsrc"),
                    route.path("metric").asLong(0)));
        }
        return all;
    }

    private static Optional<String> text(JsonNode tree, String field) {
        return Optional.ofNullable(tree.path(field).asString(null));
    }

    private static List<String> names(Commands.Result result, String field) {
        var all = new ArrayList<String>();
        tree(result).forEach(entry -> text(entry, field).ifPresent(all::add));
        return all;
    }

    private static JsonNode tree(Commands.Result result) {
        return result.exitCode() != 0 || result.out().isBlank() ? Json.array() : Json.parse(result.out());
    }

    /// An address of an interface.
    public record Address(String device, String address, int prefixLength) {}

    /// A route.
    ///
    /// @param destination `default`, an address or a range
    public record Route(
            String type,
            String destination,
            Optional<String> device,
            Optional<String> gateway,
            Optional<String> source,
            long metric) {}
}
