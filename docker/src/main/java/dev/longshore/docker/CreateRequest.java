package dev.longshore.docker;

import dev.longshore.images.RunConfig;
import dev.longshore.runtime.Signals;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Makes a whole [ContainerConfig] of what a client asks for and what its image says, and refuses what cannot be.
record CreateRequest(ObjectNode body, RunConfig image, String id) {

    private static final long LEAST_MEMORY = 6L << 20;
    private static final long NANO = 1_000_000_000L;
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
        if (config.path("Hostname").asString("").isEmpty() && !isHost(host)) {
            config.put("Hostname", id.substring(0, 12));
        }
        var complete = new ContainerConfig(config, host);
        check(complete);
        return complete;
    }

    private static boolean isHost(ObjectNode host) {
        String mode = host.path("NetworkMode").asString("");
        return mode.equals("host") || mode.startsWith("container:");
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
        checkResources(wanted.host());
        String directory = wanted.config().path("WorkingDir").asString("");
        if (!directory.isEmpty() && !directory.startsWith("/")) {
            throw EngineException.invalid(
                    "the working directory '" + directory + "' is invalid, it needs to be an absolute path");
        }
        if (!wanted.stopSignal().isEmpty()) {
            signal(wanted.stopSignal());
        }
        if (wanted.isOnHostNetwork()
                && !wanted.hostname().isEmpty()
                && !wanted.host().path("UTSMode").asString("").isEmpty()) {
            throw EngineException.invalid("conflicting options: hostname and the network mode");
        }
    }

    /// Refuses limits that cannot be; also of an update.
    static void checkResources(JsonNode host) {
        long memory = host.path("Memory").asLong(0);
        if (memory != 0 && memory < LEAST_MEMORY) {
            throw EngineException.invalid("Minimum memory limit allowed is 6MB");
        }
        long swap = host.path("MemorySwap").asLong(0);
        if (swap > 0 && memory == 0) {
            throw EngineException.invalid(
                    "You should always set the Memory limit when using Memoryswap limit, see usage");
        }
        if (swap > 0 && swap < memory) {
            throw EngineException.invalid("Minimum memoryswap limit should be larger than memory limit, see usage");
        }
        if (host.path("MemoryReservation").asLong(0) > memory && memory != 0) {
            throw EngineException.invalid(
                    "Minimum memory limit can not be less than memory reservation limit, see usage");
        }
        int processors = Runtime.getRuntime().availableProcessors();
        long cpus = host.path("NanoCpus").asLong(0);
        if (cpus < 0 || cpus > processors * NANO) {
            throw EngineException.invalid("range of CPUs is from 0.01 to %1$d.00, as there are only %1$d CPUs available"
                    .formatted(processors));
        }
        if (cpus > 0
                && (host.path("CpuPeriod").asLong(0) > 0
                        || host.path("CpuQuota").asLong(0) > 0)) {
            throw EngineException.invalid("Conflicting options: Nano CPUs and CPU Period cannot both be set.");
        }
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
