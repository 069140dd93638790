package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.network.view.Range;
import dev.longshore.network.view.Range6;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a client asks for on a network.
///
/// @param aliases further names of the container there
/// @param links other containers as `NAME:ALIAS`, by names that only this one knows
/// @param address empty for any
/// @param address6 the IPv6 address; empty for any
/// @param hardwareAddress empty for any
/// @param options of the driver
/// @param priority the network with the highest has the default route
record EndpointWish(
        List<String> aliases,
        List<String> links,
        String address,
        String address6,
        String hardwareAddress,
        Map<String, String> options,
        int priority) {

    private static final Pattern HARDWARE = Pattern.compile("([0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}");
    private static final String SYSCTLS = "com.docker.network.endpoint.sysctls";

    EndpointWish {
        aliases = List.copyOf(aliases);
        links = List.copyOf(links);
        options = Map.copyOf(options);
    }

    /// As a client spells it.
    ///
    /// @throws EngineException for what is no address
    static EndpointWish of(JsonNode asked) {
        JsonNode addresses = asked.path("IPAMConfig");
        var wish = new EndpointWish(
                JsonFields.strings(asked.path("Aliases")),
                JsonFields.strings(asked.path("Links")),
                addresses.path("IPv4Address").asString(""),
                addresses.path("IPv6Address").asString(""),
                asked.path("MacAddress").asString(""),
                JsonFields.map(asked.path("DriverOpts")),
                asked.path("GwPriority").asInt(0));
        wish.check();
        return wish;
    }

    private void check() {
        if (!address.isEmpty() && !Range.isAddress(address)) {
            throw EngineException.invalid("invalid endpoint settings:\ninvalid IPv4 address: " + address);
        }
        if (!address6.isEmpty() && !Range6.isAddress(address6)) {
            throw EngineException.invalid("invalid endpoint settings:\ninvalid IPv6 address: " + address6);
        }
        if (!hardwareAddress.isEmpty() && !HARDWARE.matcher(hardwareAddress).matches()) {
            throw EngineException.invalid("invalid MAC address: address " + hardwareAddress + ": invalid MAC address");
        }
        settings("eth0");
    }

    /// The settings of the interface, by their paths below /proc/sys, when it is called `device`.
    Map<String, String> settings(String device) {
        var all = new java.util.LinkedHashMap<String, String>();
        String text = options.getOrDefault(SYSCTLS, "");
        for (String setting : text.isEmpty() ? new String[0] : text.split(",")) {
            String[] parts = setting.split("=", 2);
            String[] name = parts[0].split("\\.", 5);
            boolean isOfInterface = parts.length == 2
                    && name.length == 5
                    && name[0].equals("net")
                    && name[3].equalsIgnoreCase("IFNAME");
            if (!isOfInterface
                    || !name[4].matches("[a-z0-9_]+")
                    || !List.of("ipv4", "ipv6", "mpls").contains(name[1])) {
                throw EngineException.invalid(
                        "invalid config for network: invalid endpoint settings:\ninvalid sysctl: " + setting);
            }
            all.put("net/" + name[1] + "/" + name[2] + "/" + device + "/" + name[4], parts[1]);
        }
        return all;
    }

    /// As it is written down, into `tree`.
    void write(ObjectNode tree) {
        JsonFields.put(tree.putArray("aliases"), aliases);
        JsonFields.put(tree.putArray("links"), links);
        JsonFields.put(tree.putObject("options"), options);
        tree.put("wanted", address)
                .put("wanted6", address6)
                .put("wantedHardwareAddress", hardwareAddress)
                .put("priority", priority);
    }

    static EndpointWish read(JsonNode tree) {
        return new EndpointWish(
                JsonFields.strings(tree.path("aliases")),
                JsonFields.strings(tree.path("links")),
                tree.path("wanted").asString(""),
                tree.path("wanted6").asString(""),
                tree.path("wantedHardwareAddress").asString(""),
                JsonFields.map(tree.path("options")),
                tree.path("priority").asInt(0));
    }

    /// As `inspect` shows the addresses that were asked for; null for none.
    JsonNode shownAddresses() {
        if (address.isEmpty() && address6.isEmpty()) {
            return Json.mapper().nullNode();
        }
        ObjectNode tree = Json.object();
        if (!address.isEmpty()) {
            tree.put("IPv4Address", address);
        }
        if (!address6.isEmpty()) {
            tree.put("IPv6Address", address6);
        }
        return tree;
    }
}
