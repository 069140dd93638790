package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.network.EngineNetwork;
import dev.longshore.network.view.Range;
import java.time.Instant;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A network as clients know it.
///
/// @param driver `bridge`, `host` or `null`
/// @param subnet empty while none is chosen, and for ever where there is no bridge
/// @param ipRange the part of the subnet that containers get addresses from; empty for all
record EngineNet(
        String id,
        String name,
        Instant createdAt,
        String driver,
        String subnet,
        String gateway,
        String ipRange,
        boolean isInternal,
        boolean isAttachable,
        Map<String, String> options,
        Map<String, String> labels) {

    private static final String MTU = "com.docker.network.driver.mtu";
    private static final String ICC = "com.docker.network.bridge.enable_icc";
    private static final String MASQUERADE = "com.docker.network.bridge.enable_ip_masquerade";
    private static final String HOST_ADDRESS = "com.docker.network.bridge.host_binding_ipv4";

    EngineNet {
        options = Map.copyOf(options);
        labels = Map.copyOf(labels);
    }

    boolean isPredefined() {
        return name.equals("bridge") || name.equals("host") || name.equals("none");
    }

    boolean isBridge() {
        return driver.equals("bridge");
    }

    /// The address at which ports are published that name none; empty for all.
    String publishingAddress() {
        String address = options.getOrDefault(HOST_ADDRESS, "");
        return address.equals("0.0.0.0") ? "" : address;
    }

    int prefixLength() {
        return Range.parse(subnet).length();
    }

    EngineNet with(String chosenSubnet, String chosenGateway) {
        return new EngineNet(
                id,
                name,
                createdAt,
                driver,
                chosenSubnet,
                chosenGateway,
                ipRange,
                isInternal,
                isAttachable,
                options,
                labels);
    }

    /// As the host has it.
    EngineNetwork onHost(String device, int usualMtu) {
        int mtu = options.containsKey(MTU) ? Integer.parseInt(options.get(MTU)) : usualMtu;
        return new EngineNetwork(
                device,
                subnet,
                gateway,
                mtu,
                isInternal,
                "false".equals(options.get(ICC)),
                !"false".equals(options.get(MASQUERADE)));
    }

    /// As `inspect` shows it, without the containers.
    ObjectNode shown() {
        ObjectNode tree = Json.object()
                .put("Name", name)
                .put("Id", id)
                .put("Created", JsonFields.time(createdAt))
                .put("Scope", "local")
                .put("Driver", driver)
                .put("EnableIPv4", true)
                .put("EnableIPv6", false);
        ObjectNode ipam = tree.putObject("IPAM").put("Driver", "default");
        ipam.putNull("Options");
        if (isBridge()) {
            ObjectNode config = ipam.putArray("Config").addObject();
            if (!subnet.isEmpty()) {
                config.put("Subnet", subnet);
            }
            if (!ipRange.isEmpty()) {
                config.put("IPRange", ipRange);
            }
            if (!gateway.isEmpty()) {
                config.put("Gateway", gateway);
            }
        } else {
            ipam.putNull("Config");
        }
        tree.put("Internal", isInternal).put("Attachable", isAttachable).put("Ingress", false);
        tree.putObject("ConfigFrom").put("Network", "");
        tree.put("ConfigOnly", false);
        tree.putObject("Containers");
        JsonFields.put(tree.putObject("Options"), options);
        JsonFields.put(tree.putObject("Labels"), labels);
        return tree;
    }

    ObjectNode json() {
        ObjectNode tree = Json.object()
                .put("id", id)
                .put("name", name)
                .put("createdAt", JsonFields.time(createdAt))
                .put("driver", driver)
                .put("subnet", subnet)
                .put("gateway", gateway)
                .put("ipRange", ipRange)
                .put("internal", isInternal)
                .put("attachable", isAttachable);
        JsonFields.put(tree.putObject("options"), options);
        JsonFields.put(tree.putObject("labels"), labels);
        return tree;
    }

    static EngineNet of(JsonNode tree) {
        return new EngineNet(
                tree.path("id").asString(),
                tree.path("name").asString(),
                JsonFields.time(tree.path("createdAt").asString("")),
                tree.path("driver").asString(""),
                tree.path("subnet").asString(""),
                tree.path("gateway").asString(""),
                tree.path("ipRange").asString(""),
                tree.path("internal").asBoolean(false),
                tree.path("attachable").asBoolean(false),
                JsonFields.map(tree.path("options")),
                JsonFields.map(tree.path("labels")));
    }
}
