package dev.longshore.docker;

import dev.longshore.base.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A container's place on a network.
///
/// @param endpointId empty while the container does not run
/// @param address empty while the container does not run
/// @param wanted the address that was asked for; empty for any
/// @param device in the container, as `eth0`; empty while it does not run
record Endpoint(
        String networkId,
        String networkName,
        String endpointId,
        String address,
        int prefixLength,
        String gateway,
        String hardwareAddress,
        List<String> aliases,
        String wanted,
        String wantedHardwareAddress,
        Map<String, String> options,
        String device) {

    Endpoint {
        aliases = List.copyOf(aliases);
        options = Map.copyOf(options);
    }

    /// One that waits for its container to run, as `asked` says.
    static Endpoint wanted(String networkId, String networkName, JsonNode asked) {
        return new Endpoint(
                networkId,
                networkName,
                "",
                "",
                0,
                "",
                "",
                JsonFields.strings(asked.path("Aliases")),
                asked.path("IPAMConfig").path("IPv4Address").asString(""),
                asked.path("MacAddress").asString(""),
                JsonFields.map(asked.path("DriverOpts")),
                "");
    }

    boolean isUp() {
        return !device.isEmpty();
    }

    Endpoint up(String id, String ip, int prefix, String gatewayAddress, String hardware, String interfaceName) {
        return new Endpoint(
                networkId,
                networkName,
                id,
                ip,
                prefix,
                gatewayAddress,
                hardware,
                aliases,
                wanted,
                wantedHardwareAddress,
                options,
                interfaceName);
    }

    Endpoint down() {
        return up("", "", 0, "", "", "");
    }

    /// The names by which others on a network of the user's own find it.
    List<String> names(EngineContainer container) {
        var names = new ArrayList<String>();
        names.add(container.name());
        names.addAll(aliases);
        names.add(container.shortId());
        if (!container.config().hostname().isEmpty()) {
            names.add(container.config().hostname());
        }
        return names.stream().distinct().toList();
    }

    /// As `inspect` shows it.
    ObjectNode shown(EngineContainer container) {
        ObjectNode tree = Json.object();
        if (wanted.isEmpty()) {
            tree.putNull("IPAMConfig");
        } else {
            tree.putObject("IPAMConfig").put("IPv4Address", wanted);
        }
        tree.putNull("Links");
        if (aliases.isEmpty()) {
            tree.putNull("Aliases");
        } else {
            JsonFields.put(tree.putArray("Aliases"), aliases);
        }
        tree.put("MacAddress", hardwareAddress);
        if (options.isEmpty()) {
            tree.putNull("DriverOpts");
        } else {
            JsonFields.put(tree.putObject("DriverOpts"), options);
        }
        tree.put("GwPriority", 0)
                .put("NetworkID", networkId)
                .put("EndpointID", endpointId)
                .put("Gateway", gateway)
                .put("IPAddress", address)
                .put("IPPrefixLen", prefixLength)
                .put("IPv6Gateway", "")
                .put("GlobalIPv6Address", "")
                .put("GlobalIPv6PrefixLen", 0);
        if (networkName.equals("bridge") || networkName.equals("host") || networkName.equals("none")) {
            tree.putNull("DNSNames");
        } else {
            JsonFields.put(tree.putArray("DNSNames"), names(container));
        }
        return tree;
    }

    ObjectNode json() {
        ObjectNode tree = Json.object()
                .put("networkId", networkId)
                .put("networkName", networkName)
                .put("endpointId", endpointId)
                .put("address", address)
                .put("prefixLength", prefixLength)
                .put("gateway", gateway)
                .put("hardwareAddress", hardwareAddress)
                .put("wanted", wanted)
                .put("wantedHardwareAddress", wantedHardwareAddress)
                .put("device", device);
        JsonFields.put(tree.putArray("aliases"), aliases);
        JsonFields.put(tree.putObject("options"), options);
        return tree;
    }

    static Endpoint of(JsonNode tree) {
        return new Endpoint(
                tree.path("networkId").asString(""),
                tree.path("networkName").asString(""),
                tree.path("endpointId").asString(""),
                tree.path("address").asString(""),
                tree.path("prefixLength").asInt(0),
                tree.path("gateway").asString(""),
                tree.path("hardwareAddress").asString(""),
                JsonFields.strings(tree.path("aliases")),
                tree.path("wanted").asString(""),
                tree.path("wantedHardwareAddress").asString(""),
                JsonFields.map(tree.path("options")),
                tree.path("device").asString(""));
    }
}
