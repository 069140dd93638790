package dev.longshore.docker;

import dev.longshore.network.view.Range;
import dev.longshore.network.view.Range6;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a new network shall be, as a client asks for it: checked as far as that needs no look at the host.
///
/// @param pool without a subnet where one is to be chosen
/// @param pool6 the same; empty for no IPv6
record NetworkWish(
        String name,
        AddressPool pool,
        Optional<AddressPool> pool6,
        boolean isInternal,
        boolean isAttachable,
        Map<String, String> options,
        Map<String, String> labels) {

    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]*");
    private static final Set<String> KNOWN_DRIVERS = Set.of("macvlan", "ipvlan", "overlay");

    /// @throws EngineException for what cannot be
    static NetworkWish of(ObjectNode wanted) {
        String name = wanted.path("Name").asString("");
        checkName(name);
        checkDriver(wanted.path("Driver").asString(""));
        if (wanted.path("Ingress").asBoolean(false)) {
            throw EngineException.invalid("Ingress network cannot be created: this node is not a swarm manager");
        }
        if (wanted.path("ConfigOnly").asBoolean(false)
                || !wanted.path("ConfigFrom").path("Network").asString("").isEmpty()) {
            throw EngineException.invalid("configuration networks are not supported here");
        }
        if (!wanted.path("EnableIPv4").asBoolean(true)) {
            throw EngineException.invalid("IPv4 cannot be disabled on networks here: containers ask for names by IPv4");
        }
        String ipam = wanted.path("IPAM").path("Driver").asString("");
        if (!Set.of("", "default").contains(ipam)) {
            throw EngineException.notFound(
                    "could not find an IPAM driver \"" + ipam + "\": plugin \"" + ipam + "\" not found");
        }
        List<AddressPool> four = new ArrayList<>();
        List<AddressPool> six = new ArrayList<>();
        for (JsonNode config : wanted.path("IPAM").path("Config")) {
            AddressPool pool = AddressPool.of(config);
            boolean isSix = pool.subnet().contains(":") || pool.gateway().contains(":");
            (isSix ? six : four).add(pool);
        }
        boolean hasSix = wanted.path("EnableIPv6").asBoolean(false);
        if (four.size() > 1 || six.size() > 1) {
            throw EngineException.invalid("bridge driver doesn't support multiple subnets");
        }
        four.forEach(NetworkWish::checkFour);
        six.forEach(NetworkWish::checkSix);
        Map<String, String> options = JsonFields.map(wanted.path("Options"));
        checkOptions(options);
        return new NetworkWish(
                name,
                four.isEmpty() ? AddressPool.NONE : four.getFirst(),
                hasSix ? Optional.of(six.isEmpty() ? AddressPool.NONE : six.getFirst()) : Optional.empty(),
                wanted.path("Internal").asBoolean(false),
                wanted.path("Attachable").asBoolean(false),
                options,
                JsonFields.map(wanted.path("Labels")));
    }

    private static void checkName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw EngineException.invalid(
                    name.isBlank() ? "invalid network name: name is empty" : "invalid network name: " + name);
        }
        if (EngineNet.PREDEFINED.contains(name) || name.equals("default")) {
            throw EngineException.forbidden("operation is not permitted on predefined " + name + " network");
        }
    }

    private static void checkDriver(String driver) {
        switch (driver) {
            case "", "bridge", "default" -> {}
            case "host", "null" ->
                throw EngineException.forbidden("only one instance of \"" + driver + "\" network is allowed");
            default -> {
                if (KNOWN_DRIVERS.contains(driver)) {
                    throw EngineException.invalid(
                            "network driver \"" + driver + "\" is not supported here: there are bridge, host and null");
                }
                throw EngineException.notFound(
                        "could not find a network driver \"" + driver + "\": plugin \"" + driver + "\" not found");
            }
        }
    }

    private static void checkOptions(Map<String, String> options) {
        String mtu = options.getOrDefault("com.docker.network.driver.mtu", "0");
        if (!mtu.matches("[0-9]{1,5}")) {
            throw EngineException.invalid("failed to parse com.docker.network.driver.mtu value: " + mtu);
        }
    }

    private static void checkFour(AddressPool pool) {
        try {
            if (pool.subnet().isEmpty()) {
                refuseWithoutSubnet(pool);
                return;
            }
            Range subnet = Range.parse(pool.subnet());
            if (!pool.range().isEmpty()
                    && !subnet.contains(Range.parse(pool.range()).address(0))) {
                throw wrong("invalid ip-range " + pool.range() + ": parent subnet " + pool.subnet()
                        + " doesn't contain ip-range");
            }
            if (!pool.gateway().isEmpty() && !subnet.contains(pool.gateway())) {
                throw wrong("invalid gateway " + pool.gateway() + ": parent subnet " + pool.subnet()
                        + " doesn't contain this address");
            }
            pool.reserved().forEach((name, address) -> {
                if (!subnet.contains(address)) {
                    throw wrong("invalid auxiliary address " + address + ": parent subnet " + pool.subnet()
                            + " doesn't contain this address");
                }
            });
        } catch (IllegalArgumentException noRange) {
            throw notation(pool, noRange);
        }
    }

    private static void checkSix(AddressPool pool) {
        try {
            if (pool.subnet().isEmpty()) {
                refuseWithoutSubnet(pool);
                return;
            }
            Range6 subnet = Range6.parse(pool.subnet());
            if (!pool.range().isEmpty() && !subnet.overlaps(Range6.parse(pool.range()))) {
                throw wrong("invalid ip-range " + pool.range() + ": parent subnet " + pool.subnet()
                        + " doesn't contain ip-range");
            }
            if (!pool.gateway().isEmpty() && !subnet.contains(pool.gateway())) {
                throw wrong("invalid gateway " + pool.gateway() + ": parent subnet " + pool.subnet()
                        + " doesn't contain this address");
            }
        } catch (IllegalArgumentException noRange) {
            throw notation(pool, noRange);
        }
    }

    private static void refuseWithoutSubnet(AddressPool pool) {
        if (!pool.gateway().isEmpty()
                || !pool.range().isEmpty()
                || !pool.reserved().isEmpty()) {
            throw wrong("invalid subnet : invalid CIDR block notation");
        }
    }

    private static EngineException notation(AddressPool pool, IllegalArgumentException cause) {
        return new EngineException(
                EngineException.Kind.INVALID,
                "invalid network config:\ninvalid subnet " + pool.subnet() + ": invalid CIDR block notation",
                cause);
    }

    private static EngineException wrong(String why) {
        return EngineException.invalid("invalid network config:\n" + why);
    }
}
