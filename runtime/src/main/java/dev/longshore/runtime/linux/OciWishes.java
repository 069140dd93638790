package dev.longshore.runtime.linux;

import dev.longshore.linux.Cgroups;
import dev.longshore.runtime.ContainerOptions;
import dev.longshore.runtime.ContainerOptions.Device;
import dev.longshore.runtime.ContainerOptions.Ulimit;
import dev.longshore.runtime.ContainerResources;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.RuntimeFaultException.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The parts of an OCI config that only [ContainerOptions] ask for.
record OciWishes(ContainerOptions options, HostLimits host) {

    private static final Path SWAP_ACCOUNT = Path.of("/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes");
    private static final Path UNIFIED = Path.of("/sys/fs/cgroup/cgroup.controllers");
    private static final String OPEN_FILES = "nofile";

    /// The process's resource limits; open files are limited always.
    void limits(ArrayNode rlimits) {
        var all = new ArrayList<>(options.ulimits());
        if (all.stream().noneMatch(limit -> limit.name().equals(OPEN_FILES))) {
            all.add(new Ulimit(OPEN_FILES, host.clampOpenFiles(), host.clampOpenFiles()));
        }
        for (Ulimit limit : all) {
            long most = limit.name().equals(OPEN_FILES) ? host.clampOpenFiles() : Long.MAX_VALUE;
            rlimits.addObject()
                    .put("type", "RLIMIT_" + limit.name().toUpperCase(Locale.ROOT))
                    .put("hard", value(limit.hard(), most))
                    .put("soft", value(limit.soft(), most));
        }
    }

    private static java.math.BigInteger value(long wanted, long most) {
        if (wanted < 0 && most == Long.MAX_VALUE) {
            return new java.math.BigInteger("18446744073709551615");
        }
        return java.math.BigInteger.valueOf(wanted < 0 ? most : Math.min(wanted, most));
    }

    /// Limits of huge pages, where this kernel counts them.
    static void hugePages(ObjectNode resources, ContainerResources wanted) {
        if (!wanted.hugePages().isEmpty() && Cgroups.detect().countsHugePages()) {
            ArrayNode limits = resources.putArray("hugepageLimits");
            wanted.hugePages()
                    .forEach((size, bytes) -> limits.addObject()
                            .put("pageSize", Cgroups.pageSize(size))
                            .put("limit", bytes));
        }
    }

    /// Whether this host has cgroups of version 2 alone.
    static boolean isUnified() {
        return Files.exists(UNIFIED);
    }

    /// Devices, rules and limits, added to `resources` as the plain ones have made them.
    void resources(ObjectNode resources) {
        ContainerOptions.Limits limits = options.limits();
        if (!limits.processors().isEmpty()) {
            object(resources, "cpu").put("cpus", limits.processors());
        }
        if (!limits.memoryNodes().isEmpty()) {
            object(resources, "cpu").put("mems", limits.memoryNodes());
        }
        limits.memoryReservation()
                .ifPresent(bytes -> object(resources, "memory").put("reservation", bytes));
        if (limits.memoryAndSwap().isPresent() && countsSwap()) {
            object(resources, "memory").put("swap", limits.memoryAndSwap().getAsLong());
        }
        limits.blockWeight().ifPresent(weight -> object(resources, "blockIO").put("weight", weight));
        limits.throttles().forEach(throttle -> throttle(object(resources, "blockIO"), throttle));
        ArrayNode rules = (ArrayNode) resources.path("devices");
        for (ContainerOptions.DeviceRule rule : options.deviceRules()) {
            ObjectNode entry = rules.addObject().put("allow", true).put("access", rule.permissions());
            if (!rule.type().equals("a")) {
                entry.put("type", rule.type());
            }
            number(entry, "major", rule.major());
            number(entry, "minor", rule.minor());
        }
        for (Device device : options.devices()) {
            for (ObjectNode found : nodes(device)) {
                rules.addObject()
                        .put("allow", true)
                        .put("type", found.path("type").asString())
                        .put("major", found.path("major").asLong())
                        .put("minor", found.path("minor").asLong())
                        .put("access", device.permissions());
            }
        }
    }

    private static void throttle(ObjectNode blocks, ContainerOptions.Throttle wanted) {
        String list =
                switch (wanted.direction()) {
                    case READ_BYTES -> "throttleReadBpsDevice";
                    case WRITE_BYTES -> "throttleWriteBpsDevice";
                    case READ_OPERATIONS -> "throttleReadIOPSDevice";
                    case WRITE_OPERATIONS -> "throttleWriteIOPSDevice";
                };
        ObjectNode device = realDevice(wanted.device())
                .orElseThrow(
                        () -> new RuntimeFaultException(Kind.CANNOT_START, "not a block device: " + wanted.device()));
        ArrayNode all = blocks.path(list) instanceof ArrayNode there ? there : blocks.putArray(list);
        all.addObject()
                .put("major", device.path("major").asLong())
                .put("minor", device.path("minor").asLong())
                .put("rate", wanted.rate());
    }

    /// True if the kernel counts swap for each cgroup.
    static boolean countsSwap() {
        return Files.exists(SWAP_ACCOUNT) || Files.exists(UNIFIED);
    }

    /// The device nodes to make.
    void devices(ObjectNode linux) {
        if (options.devices().isEmpty()) {
            return;
        }
        ArrayNode list = linux.path("devices") instanceof ArrayNode there ? there : linux.putArray("devices");
        options.devices().forEach(device -> nodes(device).forEach(list::add));
    }

    // A directory stands for the devices in it.
    private static List<ObjectNode> nodes(Device device) {
        var found = new ArrayList<ObjectNode>();
        if (Files.isDirectory(device.hostPath())) {
            try (Stream<Path> inside = Files.list(device.hostPath())) {
                inside.sorted()
                        .forEach(path -> OciConfig.device(path)
                                .map(node -> node.put("path", device.containerPath() + "/" + path.getFileName()))
                                .ifPresent(found::add));
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        } else {
            realDevice(device.hostPath())
                    .map(node -> node.put("path", device.containerPath()))
                    .ifPresent(found::add);
        }
        if (found.isEmpty()) {
            throw new RuntimeFaultException(
                    Kind.CANNOT_START,
                    "error gathering device information while adding custom device \"" + device.hostPath()
                            + "\": not a device node");
        }
        return found;
    }

    private static java.util.Optional<ObjectNode> realDevice(Path path) {
        try {
            return OciConfig.device(path.toRealPath());
        } catch (IOException absent) {
            throw new RuntimeFaultException(
                    Kind.CANNOT_START,
                    "error gathering device information while adding custom device \"" + path
                            + "\": no such file or directory",
                    absent);
        }
    }

    private static void number(ObjectNode entry, String name, String text) {
        if (!text.equals("*")) {
            entry.put(name, Long.parseLong(text));
        }
    }

    private static ObjectNode object(ObjectNode parent, String name) {
        return parent.path(name) instanceof ObjectNode there ? there : parent.putObject(name);
    }
}
