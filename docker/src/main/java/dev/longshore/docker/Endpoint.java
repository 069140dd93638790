package dev.longshore.docker;

import dev.longshore.base.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A container's place on a network.
///
/// @param networkId empty for a network that was not there when the container was made
/// @param cable what leads there; empty while the container does not run
record Endpoint(String networkId, String networkName, EndpointWish wish, Optional<Cable> cable) {

    private static final int NAMES_APART_SINCE = 45;

    /// How a running container is connected.
    ///
    /// @param gateway of the network; empty for none
    /// @param address6 empty without IPv6, as what follows
    /// @param device in the container, as `eth0`
    record Cable(
            String endpointId,
            String address,
            int prefixLength,
            String gateway,
            String address6,
            int prefixLength6,
            String gateway6,
            String hardwareAddress,
            String device) {

        /// Of one that is not connected.
        static final Cable NONE = new Cable("", "", 0, "", "", 0, "", "", "");
    }

    /// One that waits for its container to run, as `asked` says.
    static Endpoint wanted(String networkId, String networkName, JsonNode asked) {
        return new Endpoint(networkId, networkName, EndpointWish.of(asked), Optional.empty());
    }

    boolean isUp() {
        return cable.isPresent();
    }

    Endpoint up(Cable connected) {
        return new Endpoint(networkId, networkName, wish, Optional.of(connected));
    }

    Endpoint down() {
        return new Endpoint(networkId, networkName, wish, Optional.empty());
    }

    /// The same on `network`, which is there now.
    Endpoint on(EngineNet network) {
        return new Endpoint(network.id(), network.name(), wish, cable);
    }

    /// Empty while it is not connected.
    String address() {
        return line().address();
    }

    String device() {
        return line().device();
    }

    /// The cable, or one with nothing in it.
    Cable line() {
        return cable.orElse(Cable.NONE);
    }

    private boolean isPredefined() {
        return EngineNet.PREDEFINED.contains(networkName);
    }

    /// The names by which others on a network of the user's own find it.
    List<String> names(EngineContainer container) {
        var names = new ArrayList<String>();
        names.add(container.name());
        names.addAll(wish.aliases());
        names.add(container.shortId());
        if (!container.config().hostname().isEmpty()) {
            names.add(container.config().hostname());
        }
        return names.stream().distinct().toList();
    }

    /// As `inspect` shows it.
    ObjectNode shown(EngineContainer container, ApiVersion version) {
        ObjectNode tree = Json.object();
        tree.set("IPAMConfig", wish.shownAddresses());
        list(tree, "Links", wish.links());
        var aliases = new ArrayList<>(wish.aliases());
        if (version.isBefore(NAMES_APART_SINCE) && !isPredefined()) {
            aliases.add(container.shortId());
        }
        list(tree, "Aliases", aliases);
        tree.put("MacAddress", isUp() ? line().hardwareAddress() : "");
        if (wish.options().isEmpty()) {
            tree.putNull("DriverOpts");
        } else {
            JsonFields.put(tree.putObject("DriverOpts"), wish.options());
        }
        Cable line = line();
        tree.put("GwPriority", wish.priority())
                .put("NetworkID", networkId)
                .put("EndpointID", line.endpointId())
                .put("Gateway", line.gateway())
                .put("IPAddress", line.address())
                .put("IPPrefixLen", line.prefixLength())
                .put("IPv6Gateway", line.gateway6())
                .put("GlobalIPv6Address", line.address6())
                .put("GlobalIPv6PrefixLen", line.prefixLength6());
        list(tree, "DNSNames", isPredefined() ? List.of() : names(container));
        return tree;
    }

    private static void list(ObjectNode tree, String name, List<String> values) {
        if (values.isEmpty()) {
            tree.putNull(name);
        } else {
            JsonFields.put(tree.putArray(name), values);
        }
    }

    ObjectNode json() {
        Cable line = line();
        ObjectNode tree = Json.object()
                .put("networkId", networkId)
                .put("networkName", networkName)
                .put("endpointId", line.endpointId())
                .put("address", line.address())
                .put("prefixLength", line.prefixLength())
                .put("gateway", line.gateway())
                .put("address6", line.address6())
                .put("prefixLength6", line.prefixLength6())
                .put("gateway6", line.gateway6())
                .put("hardwareAddress", line.hardwareAddress())
                .put("device", line.device());
        wish.write(tree);
        return tree;
    }

    static Endpoint of(JsonNode tree) {
        var line = new Cable(
                tree.path("endpointId").asString(""),
                tree.path("address").asString(""),
                tree.path("prefixLength").asInt(0),
                tree.path("gateway").asString(""),
                tree.path("address6").asString(""),
                tree.path("prefixLength6").asInt(0),
                tree.path("gateway6").asString(""),
                tree.path("hardwareAddress").asString(""),
                tree.path("device").asString(""));
        return new Endpoint(
                tree.path("networkId").asString(""),
                tree.path("networkName").asString(""),
                EndpointWish.read(tree),
                Optional.of(line).filter(cable -> !cable.device().isEmpty()));
    }
}
