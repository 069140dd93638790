package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.network.EngineNetwork;
import dev.longshore.network.view.Range;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A network as clients know it.
///
/// @param driver `bridge`, `host` or `null`
/// @param pool its IPv4 addresses
/// @param pool6 its IPv6 addresses, if it has some
record EngineNet(
        String id,
        String name,
        Instant createdAt,
        String driver,
        AddressPool pool,
        Optional<AddressPool> pool6,
        boolean isInternal,
        boolean isAttachable,
        Map<String, String> options,
        Map<String, String> labels) {

    /// The networks that are always there.
    static final Set<String> PREDEFINED = Set.of("bridge", "host", "none");

    private static final String MTU = "com.docker.network.driver.mtu";
    private static final String ICC = "com.docker.network.bridge.enable_icc";
    private static final String MASQUERADE = "com.docker.network.bridge.enable_ip_masquerade";
    private static final String HOST_ADDRESS = "com.docker.network.bridge.host_binding_ipv4";

    EngineNet {
        options = Map.copyOf(options);
        labels = Map.copyOf(labels);
    }

    boolean isPredefined() {
        return PREDEFINED.contains(name);
    }

    /// Whether its addresses are chosen: it is on the host then, or is to be.
    boolean isPlaced() {
        return isBridge() && pool.isChosen();
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
        return Range.parse(pool.subnet()).length();
    }

    EngineNet with(AddressPool chosen, Optional<AddressPool> chosen6) {
        return new EngineNet(id, name, createdAt, driver, chosen, chosen6, isInternal, isAttachable, options, labels);
    }

    /// As the host has it.
    EngineNetwork onHost(String device, int usualMtu) {
        int mtu = options.containsKey(MTU) ? Integer.parseInt(options.get(MTU)) : usualMtu;
        return new EngineNetwork(
                device,
                pool.subnet(),
                pool.gateway(),
                pool6.map(AddressPool::subnet).orElse(""),
                pool6.map(AddressPool::gateway).orElse(""),
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
                .put("EnableIPv6", pool6.isPresent());
        ObjectNode ipam = tree.putObject("IPAM").put("Driver", "default");
        ipam.putNull("Options");
        if (isBridge()) {
            var config = ipam.putArray("Config");
            config.add(pool.shown());
            pool6.ifPresent(six -> config.add(six.shown()));
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
                .put("internal", isInternal)
                .put("attachable", isAttachable);
        tree.set("pool", pool.shown());
        pool6.ifPresent(six -> tree.set("pool6", six.shown()));
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
                tree.has("pool") ? AddressPool.of(tree.path("pool")) : older(tree),
                tree.has("pool6") ? Optional.of(AddressPool.of(tree.path("pool6"))) : Optional.empty(),
                tree.path("internal").asBoolean(false),
                tree.path("attachable").asBoolean(false),
                JsonFields.map(tree.path("options")),
                JsonFields.map(tree.path("labels")));
    }

    // As version 0.1 wrote it.
    private static AddressPool older(JsonNode tree) {
        return new AddressPool(
                tree.path("subnet").asString(""),
                tree.path("gateway").asString(""),
                tree.path("ipRange").asString(""),
                Map.of());
    }
}
