package dev.longshore.docker;

import dev.longshore.base.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a request to create a container means in the version of the API that it speaks: fields that came later count
/// as unsaid, fields that have moved are read at their old places. Changes the request.
record OlderClients(ApiVersion version, ObjectNode body) {

    private static final int MOUNTS_CHECKED_SINCE = 42;
    private static final int ANNOTATIONS_SINCE = 43;
    private static final int SEVERAL_NETWORKS_SINCE = 44;
    private static final int SUBPATHS_SINCE = 45;
    private static final int CGROUPNS_SINCE = 41;
    private static final int SHAREABLE_UNTIL = 40;
    private static final int INTERFACE_SYSCTLS_UNTIL = 46;
    private static final String ENDPOINT_SYSCTLS = "com.docker.network.endpoint.sysctls";

    /// @return warnings
    List<String> translate() {
        ObjectNode host = JsonFields.object(body, "HostConfig");
        if (version.isBefore(SHAREABLE_UNTIL)
                && host.path("IpcMode").asString("").isEmpty()) {
            host.put("IpcMode", "shareable");
        }
        if (version.isBefore(CGROUPNS_SINCE)
                && host.path("CgroupnsMode").asString("").isEmpty()) {
            host.put("CgroupnsMode", "host");
        }
        for (JsonNode mount : host.path("Mounts")) {
            if (mount instanceof ObjectNode one) {
                mount(one);
            }
        }
        if (version.isBefore(MOUNTS_CHECKED_SINCE)) {
            host.remove("ConsoleSize");
        }
        if (version.isBefore(ANNOTATIONS_SINCE)) {
            host.remove("Annotations");
        }
        ObjectNode endpoints = JsonFields.object(JsonFields.object(body, "NetworkingConfig"), "EndpointsConfig");
        if (version.isBefore(SEVERAL_NETWORKS_SINCE)) {
            if (body.path("Healthcheck") instanceof ObjectNode check) {
                check.remove("StartInterval");
            }
            if (endpoints.size() > 1) {
                throw EngineException.invalid("Container cannot be created with multiple network endpoints: "
                        + String.join(", ", endpoints.propertyNames()));
            }
        }
        var warnings = new ArrayList<String>();
        hardwareAddress(host, endpoints, warnings);
        sysctls(host, endpoints, warnings);
        return warnings;
    }

    private void mount(ObjectNode mount) {
        String type = mount.path("Type").asString("");
        Map<String, String> owners = Map.of("VolumeOptions", "volume", "BindOptions", "bind", "TmpfsOptions", "tmpfs");
        owners.forEach((options, owner) -> {
            if (!mount.path(options).isObject() || type.equals(owner)) {
                return;
            }
            if (!version.isBefore(MOUNTS_CHECKED_SINCE)) {
                throw EngineException.invalid(options + " must not be specified on mount type \"" + type + "\"");
            }
            mount.remove(options);
        });
        if (version.isBefore(MOUNTS_CHECKED_SINCE) && mount.path("BindOptions") instanceof ObjectNode bind) {
            bind.remove("CreateMountpoint");
        }
        if (version.isBefore(SEVERAL_NETWORKS_SINCE)
                && mount.path("BindOptions").path("ReadOnlyForceRecursive").asBoolean(false)) {
            throw EngineException.invalid("BindOptions.ReadOnlyForceRecursive needs API v1.44 or newer");
        }
        if (version.isBefore(SUBPATHS_SINCE)
                && !mount.path("VolumeOptions").path("Subpath").asString("").isEmpty()) {
            throw EngineException.invalid("VolumeOptions.Subpath needs API v1.45 or newer");
        }
    }

    private void hardwareAddress(ObjectNode host, ObjectNode endpoints, List<String> warnings) {
        String address = body.path("MacAddress").asString("");
        boolean isOld = version.isBefore(SEVERAL_NETWORKS_SINCE);
        if (address.isEmpty()) {
            if (isOld) {
                for (JsonNode endpoint : endpoints) {
                    if (endpoint instanceof ObjectNode one) {
                        one.remove("MacAddress");
                    }
                }
            }
            return;
        }
        String mode = mode(host);
        boolean hasOwn = !mode.startsWith("container:") && !mode.equals("host") && !mode.equals("none");
        if (!hasOwn && isOld) {
            throw EngineException.invalid("conflicting options: mac-address and the network mode");
        }
        if (hasOwn) {
            ObjectNode endpoint = endpoint(mode, endpoints);
            String own = endpoint.path("MacAddress").asString("");
            if (!isOld && !own.isEmpty() && !own.equals(address)) {
                throw EngineException.invalid("the container-wide MAC address must match the endpoint-specific MAC"
                        + " address for the main network, or be left empty");
            }
            endpoint.put("MacAddress", address);
        }
        if (!isOld) {
            warnings.add("The container-wide MacAddress field is now deprecated. It should be specified in"
                    + " EndpointsConfig instead.");
            body.remove("MacAddress");
        }
    }

    private void sysctls(ObjectNode host, ObjectNode endpoints, List<String> warnings) {
        String mode = mode(host);
        if (mode.startsWith("container:") || mode.equals("host")) {
            return;
        }
        var moved = new ArrayList<String>();
        var settings = new ArrayList<String>();
        for (Map.Entry<String, JsonNode> sysctl :
                List.copyOf(host.path("Sysctls").properties())) {
            String[] parts = sysctl.getKey().split("\\.", 5);
            if (parts.length != 5 || !parts[0].equals("net") || !parts[3].startsWith("eth")) {
                continue;
            }
            if (!version.isBefore(INTERFACE_SYSCTLS_UNTIL + 1)) {
                throw EngineException.invalid("interface specific sysctl setting \"" + sysctl.getKey()
                        + "\" must be supplied using driver option '" + ENDPOINT_SYSCTLS + "'");
            }
            if (!parts[3].equals("eth0")) {
                throw EngineException.invalid("unable to determine network endpoint for sysctl " + sysctl.getKey()
                        + ", use driver option '" + ENDPOINT_SYSCTLS + "' to set per-interface sysctls");
            }
            moved.add(sysctl.getKey());
            settings.add("net.%s.%s.IFNAME.%s=%s"
                    .formatted(parts[1], parts[2], parts[4], sysctl.getValue().asString("")));
        }
        if (moved.isEmpty()) {
            return;
        }
        moved.forEach(((ObjectNode) host.path("Sysctls"))::remove);
        ObjectNode options = JsonFields.object(endpoint(mode, endpoints), "DriverOpts");
        String added = String.join(",", settings);
        warnings.add("Migrated sysctl \"%s\" to DriverOpts{\"%s\":\"%s\"}."
                .formatted(String.join(",", moved), ENDPOINT_SYSCTLS, added));
        String before = options.path(ENDPOINT_SYSCTLS).asString("");
        options.put(ENDPOINT_SYSCTLS, before.isEmpty() ? added : added + "," + before);
    }

    private static String mode(ObjectNode host) {
        String mode = host.path("NetworkMode").asString("");
        return mode.isEmpty() || mode.equals("default") ? "bridge" : mode;
    }

    /// The place on the main network, made if need be.
    private ObjectNode endpoint(String mode, ObjectNode endpoints) {
        String name = mode.equals("bridge") && endpoints.has("default") ? "default" : mode;
        if (endpoints.isEmpty()) {
            return endpoints.putObject(name);
        }
        if (version.isBefore(SEVERAL_NETWORKS_SINCE)) {
            return endpoints.iterator().next() instanceof ObjectNode only ? only : Json.object();
        }
        if (!endpoints.has(name)) {
            throw EngineException.invalid(
                    "HostConfig.NetworkMode must match the identity of a network in NetworkSettings.Networks");
        }
        return JsonFields.object(endpoints, name);
    }
}
