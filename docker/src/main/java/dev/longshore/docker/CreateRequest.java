package dev.longshore.docker;

import dev.longshore.images.RunConfig;
import dev.longshore.runtime.Signals;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Makes a whole [ContainerConfig] of what a client asks for and what its image says, and refuses what cannot be.
///
/// @param hostname the host's, which goes with its network
record CreateRequest(ObjectNode body, RunConfig image, String id, String hostname) {

    private static final long USUAL_SHM = 64L << 20;
    private static final List<String> LISTS = List.of(
            "Binds",
            "VolumesFrom",
            "CapAdd",
            "CapDrop",
            "Dns",
            "DnsOptions",
            "DnsSearch",
            "ExtraHosts",
            "GroupAdd",
            "Links",
            "SecurityOpt",
            "Devices",
            "DeviceCgroupRules",
            "DeviceRequests",
            "Ulimits");

    /// The whole.
    ///
    /// @throws EngineException for a wish that cannot be granted
    ContainerConfig complete() {
        ObjectNode config = body.deepCopy();
        config.remove(List.of("HostConfig", "NetworkingConfig"));
        mergeImage(config);
        ObjectNode host = body.path("HostConfig") instanceof ObjectNode given
                ? given.deepCopy()
                : dev.longshore.base.Json.object();
        defaults(host);
        check(new ContainerConfig(config, host));
        String mode = host.path("NetworkMode").asString("");
        if (config.path("Hostname").asString("").isEmpty() && !mode.startsWith("container:")) {
            config.put("Hostname", mode.equals("host") ? hostname : id.substring(0, 12));
        }
        return new ContainerConfig(config, host);
    }

    private void mergeImage(ObjectNode config) {
        text(config, "User", image.user());
        text(config, "WorkingDir", image.workingDirectory());
        text(config, "StopSignal", image.stopSignal());
        text(config, "Domainname", "");
        keys(config, "ExposedPorts", image.exposedPorts());
        keys(config, "Volumes", image.volumes());
        ArrayNode env = config.path("Env") instanceof ArrayNode there ? there : config.putArray("Env");
        List<String> given = JsonFields.strings(env);
        image.env().forEach((name, value) -> {
            if (given.stream().noneMatch(entry -> entry.equals(name) || entry.startsWith(name + "="))) {
                env.add(name + "=" + value);
            }
        });
        // `--env NAME` of a variable that the client does not have means that there shall be none.
        env.removeIf(entry -> !entry.asString("").contains("="));
        ObjectNode labels = JsonFields.object(config, "Labels");
        image.labels().forEach((name, value) -> {
            if (!labels.has(name)) {
                labels.put(name, value);
            }
        });
        command(config);
        healthcheck(config);
        for (String flag : List.of("AttachStdin", "AttachStdout", "AttachStderr", "Tty", "OpenStdin", "StdinOnce")) {
            if (!config.has(flag)) {
                config.put(flag, false);
            }
        }
    }

    private void command(ObjectNode config) {
        List<String> entrypoint = JsonFields.strings(config.path("Entrypoint"));
        if (entrypoint.isEmpty()) {
            boolean isUnsaid =
                    !config.has("Entrypoint") || config.path("Entrypoint").isNull();
            if (JsonFields.strings(config.path("Cmd")).isEmpty()) {
                JsonFields.put(config.putArray("Cmd"), image.command());
            }
            if (isUnsaid) {
                entrypoint = image.entrypoint();
            }
        } else if (entrypoint.equals(List.of(""))) {
            entrypoint = List.of();
        }
        List<String> arguments = JsonFields.strings(config.path("Cmd"));
        list(config, "Entrypoint", entrypoint);
        list(config, "Cmd", arguments);
        if (entrypoint.isEmpty() && arguments.isEmpty()) {
            throw EngineException.invalid("no command specified");
        }
    }

    private static void list(ObjectNode config, String name, List<String> values) {
        if (values.isEmpty()) {
            config.putNull(name);
        } else {
            JsonFields.put(config.putArray(name), values);
        }
    }

    private void healthcheck(ObjectNode config) {
        Optional<JsonNode> fromImage = image.healthcheck();
        if (!(config.path("Healthcheck") instanceof ObjectNode given)) {
            config.remove("Healthcheck");
            fromImage.ifPresent(check -> config.set("Healthcheck", check));
            return;
        }
        boolean isWhole = !JsonFields.strings(given.path("Test")).isEmpty();
        fromImage
                .filter(JsonNode::isObject)
                .ifPresent(check -> check.properties().forEach(entry -> {
                    boolean isSaid = entry.getKey().equals("Test")
                            ? isWhole
                            : given.path(entry.getKey()).asLong(0) != 0;
                    if (!isSaid) {
                        given.set(entry.getKey(), entry.getValue());
                    }
                }));
    }

    private static void text(ObjectNode config, String name, String otherwise) {
        if (config.path(name).asString("").isEmpty()) {
            config.put(name, otherwise);
        }
    }

    private static void keys(ObjectNode config, String name, Iterable<String> more) {
        boolean hasMore = more.iterator().hasNext();
        if (!(config.path(name) instanceof ObjectNode) && !hasMore) {
            config.remove(name);
            return;
        }
        ObjectNode there = JsonFields.object(config, name);
        more.forEach(key -> {
            if (!there.has(key)) {
                there.putObject(key);
            }
        });
    }

    private static void defaults(ObjectNode host) {
        String mode = host.path("NetworkMode").asString("");
        if (mode.isEmpty() || mode.equals("default")) {
            host.put("NetworkMode", "bridge");
        }
        ObjectNode restart = JsonFields.object(host, "RestartPolicy");
        if (restart.path("Name").asString("").isEmpty()) {
            restart.put("Name", "no");
        }
        if (!restart.has("MaximumRetryCount")) {
            restart.put("MaximumRetryCount", 0);
        }
        ObjectNode log = JsonFields.object(host, "LogConfig");
        if (log.path("Type").asString("").isEmpty()) {
            log.put("Type", "json-file");
        }
        JsonFields.object(log, "Config");
        if (host.path("ShmSize").asLong(0) == 0) {
            host.put("ShmSize", USUAL_SHM);
        }
        if (host.path("IpcMode").asString("").isEmpty()) {
            host.put("IpcMode", "private");
        }
        JsonFields.object(host, "PortBindings");
        for (String list : LISTS) {
            if (!host.path(list).isArray()) {
                host.putNull(list);
            }
        }
        for (String flag : List.of("AutoRemove", "Privileged", "PublishAllPorts", "ReadonlyRootfs")) {
            if (!host.has(flag)) {
                host.put(flag, false);
            }
        }
        long memory = host.path("Memory").asLong(0);
        if (memory > 0 && host.path("MemorySwap").asLong(0) == 0) {
            host.put("MemorySwap", memory * 2);
        }
        if (host.path("PidsLimit").asLong(0) <= 0) {
            host.putNull("PidsLimit");
        }
        if (host.path("MemorySwappiness").asLong(-1) == -1) {
            host.putNull("MemorySwappiness");
        }
        if (host.path("CgroupnsMode").asString("").isEmpty()) {
            host.put("CgroupnsMode", HostAbilities.HERE.isUnified() ? "private" : "host");
        }
        for (String number : List.of(
                "Memory", "MemorySwap", "MemoryReservation", "NanoCpus", "CpuShares", "CpuPeriod", "CpuQuota")) {
            if (!host.path(number).isNumber()) {
                host.put(number, 0);
            }
        }
        for (String text : List.of("CpusetCpus", "CpusetMems", "PidMode", "UTSMode", "UsernsMode", "CgroupParent")) {
            text(host, text, "");
        }
        text(host, "Runtime", "crun");
    }

    private static void check(ContainerConfig wanted) {
        wanted.restartPolicy().check(wanted.autoRemove());
        String directory = wanted.config().path("WorkingDir").asString("");
        if (!directory.isEmpty() && !directory.startsWith("/")) {
            throw EngineException.invalid(
                    "the working directory '" + directory + "' is invalid, it needs to be an absolute path");
        }
        if (!wanted.stopSignal().isEmpty()) {
            signal(wanted.stopSignal());
        }
        for (String variable : wanted.env()) {
            if (variable.startsWith("=")) {
                throw EngineException.invalid("invalid environment variable: " + variable);
            }
        }
        HealthChecks.Check.refuseWrong(wanted.config().path("Healthcheck"));
        new HostChecks(wanted).check();
    }

    /// The number of a signal.
    static int signal(String name) {
        try {
            return Signals.number(name);
        } catch (IllegalArgumentException unknown) {
            throw new EngineException(EngineException.Kind.INVALID, "invalid signal: " + name, unknown);
        }
    }
}
