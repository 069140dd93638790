package dev.longshore.runtime.linux;

import dev.longshore.base.Json;
import dev.longshore.runtime.ContainerResources;
import dev.longshore.runtime.ContainerSpec;
import dev.longshore.runtime.ContainerUser;
import dev.longshore.runtime.internal.KernelPaths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Writes a [Blueprint] as an OCI runtime config (runtime-spec 1.0, config-linux.md), with the mounts, masks
/// and devices that Docker gives.
final class OciConfig {

    private static final String VERSION = "1.0.2";
    private static final Path PROCESSORS = Path.of("/sys/devices/system/cpu");
    private static final Path DEVICES = Path.of("/dev");
    private static final int TYPE_BITS = 0170000;
    private static final int CHARACTER = 0020000;
    private static final int BLOCK = 0060000;
    private static final int PERMISSION_BITS = 0777;

    private final HostLimits limits;

    OciConfig(HostLimits limits) {
        this.limits = limits;
    }

    ObjectNode of(Blueprint plan) {
        Set<Capability> granted = Capability.of(plan.security(), limits);
        ObjectNode config = Json.object().put("ociVersion", VERSION);
        config.set("process", process(plan, granted));
        config.putObject("root")
                .put("path", "rootfs")
                .put("readonly", plan.security().readOnlyRootFilesystem());
        config.set("mounts", mounts(plan));
        ObjectNode annotations = config.putObject("annotations");
        plan.annotations().forEach(annotations::put);
        config.set("linux", linux(plan, granted));
        return config;
    }

    /// The process part alone: also what an exec gets.
    ObjectNode process(Blueprint plan, Set<Capability> granted) {
        ObjectNode process = Json.object().put("terminal", plan.tty());
        user(process, plan.user());
        ArrayNode args = process.putArray("args");
        plan.arguments().forEach(args::add);
        ArrayNode env = process.putArray("env");
        plan.env().forEach((name, value) -> env.add(name + "=" + value));
        process.put("cwd", plan.workingDirectory());
        capabilities(process, granted);
        process.put(
                "noNewPrivileges",
                !plan.security().allowPrivilegeEscalation() && !plan.security().privileged());
        new OciWishes(plan.options(), limits).limits(process.putArray("rlimits"));
        plan.resources().oomScoreAdjust().ifPresent(score -> process.put("oomScoreAdj", limits.clampOomScore(score)));
        return process;
    }

    /// Makes `process` one of `user`. Its own group is among the additional ones, too: else a set-group-id program
    /// would take it out of that group, and what the group may not do would be allowed (CVE-2022-36109).
    static void user(ObjectNode process, ProcessUser user) {
        ObjectNode tree = process.putObject("user").put("uid", user.uid()).put("gid", user.gid());
        ArrayNode groups = tree.putArray("additionalGids");
        var all = new TreeSet<>(user.additionalGids());
        all.add(user.gid());
        all.forEach(groups::add);
    }

    /// Who the process is that the bundle in `directory` describes.
    static Optional<ContainerUser> userOf(Path directory) {
        return StateFile.read(directory.resolve("config.json"), JsonNode.class)
                .map(config -> config.path("process").path("user"))
                .map(user -> new ContainerUser(
                        user.path("uid").asLong(),
                        user.path("gid").asLong(),
                        user.path("additionalGids")
                                .valueStream()
                                .map(JsonNode::asLong)
                                .toList()));
    }

    /// Gives `process` the capabilities in `granted` and no others.
    static void capabilities(ObjectNode process, Set<Capability> granted) {
        ObjectNode capabilities = process.putObject("capabilities");
        for (String set : List.of("bounding", "effective", "permitted")) {
            ArrayNode list = capabilities.putArray(set);
            granted.forEach(capability -> list.add(capability.ociName()));
        }
    }

    private static ArrayNode mounts(Blueprint plan) {
        ArrayNode mounts = Json.array();
        List<ContainerSpec.Mount> own = new ArrayList<>(plan.mounts());
        own.sort(Comparator.comparingInt(mount -> Path.of(mount.containerPath()).getNameCount()));
        standardMounts(plan).stream()
                .filter(standard -> own.stream()
                        .noneMatch(mount -> mount.containerPath()
                                .equals(standard.path("destination").asString())))
                .forEach(mounts::add);
        own.forEach(mount -> mounts.add(mount(mount)));
        return mounts;
    }

    private static List<ObjectNode> standardMounts(Blueprint plan) {
        String access = plan.security().privileged() ? "rw" : "ro";
        var all = new ArrayList<ObjectNode>();
        all.add(mount("/proc", "proc", "proc", "nosuid", "noexec", "nodev"));
        all.add(mount("/dev", "tmpfs", "tmpfs", "nosuid", "strictatime", "mode=755", "size=65536k"));
        all.add(mount(
                "/dev/pts",
                "devpts",
                "devpts",
                "nosuid",
                "noexec",
                "newinstance",
                "ptmxmode=0666",
                "mode=0620",
                "gid=5"));
        all.add(mount("/dev/mqueue", "mqueue", "mqueue", "nosuid", "noexec", "nodev"));
        all.add(mount("/sys", "sysfs", "sysfs", "nosuid", "noexec", "nodev", access));
        all.add(mount("/sys/fs/cgroup", "cgroup", "cgroup", "nosuid", "noexec", "nodev", "relatime", access));
        all.add(plan.sharedMemory()
                .map(directory -> mount("/dev/shm", "bind", directory.toString(), "rbind", "nosuid", "noexec", "nodev"))
                .orElseGet(() ->
                        mount("/dev/shm", "tmpfs", "shm", "nosuid", "noexec", "nodev", "mode=1777", "size=65536k")));
        return all;
    }

    private static ObjectNode mount(ContainerSpec.Mount mount) {
        String access = mount.readOnly() ? "ro" : "rw";
        return mount.hostPath()
                .map(path -> {
                    var options = new ArrayList<>(mount.options());
                    if (!options.contains("bind")) {
                        options.add("rbind");
                    }
                    options.addAll(List.of("r" + propagation(mount), access));
                    return mount(mount.containerPath(), "bind", path.toString(), options.toArray(String[]::new));
                })
                .orElseGet(() -> tmpfs(mount, access));
    }

    private static ObjectNode tmpfs(ContainerSpec.Mount mount, String access) {
        return mount.options().isEmpty()
                ? mount(mount.containerPath(), "tmpfs", "tmpfs", "nosuid", "nodev", "mode=1777", access)
                : mount(mount.containerPath(), "tmpfs", "tmpfs", mount.options().toArray(String[]::new));
    }

    private static String propagation(ContainerSpec.Mount mount) {
        return switch (mount.propagation()) {
            case "rslave" -> "slave";
            case "rshared" -> "shared";
            default -> "private";
        };
    }

    private static ObjectNode mount(String destination, String type, String source, String... options) {
        ObjectNode mount =
                Json.object().put("destination", destination).put("type", type).put("source", source);
        ArrayNode list = mount.putArray("options");
        List.of(options).forEach(list::add);
        return mount;
    }

    private ObjectNode linux(Blueprint plan, Set<Capability> granted) {
        boolean privileged = plan.security().privileged();
        var wishes = new OciWishes(plan.options(), limits);
        ObjectNode linux = Json.object().put("cgroupsPath", "/" + plan.cgroup());
        ArrayNode namespaces = linux.putArray("namespaces");
        plan.namespaces().forEach((type, pin) -> {
            ObjectNode namespace = namespaces.addObject().put("type", type);
            pin.ifPresent(path -> namespace.put("path", path.toString()));
        });
        ObjectNode resources = resources(plan.resources(), privileged);
        wishes.resources(resources);
        linux.set("resources", resources);
        linux.put("rootfsPropagation", rootPropagation(plan));
        if (privileged) {
            hostDevices(linux.putArray("devices"));
        } else if (!plan.security().unmaskedProc()) {
            plan.options().maskedPaths().orElseGet(OciConfig::masked).forEach(linux.putArray("maskedPaths")::add);
            plan.options().readOnlyPaths().orElse(KernelPaths.READ_ONLY).forEach(linux.putArray("readonlyPaths")::add);
        }
        wishes.devices(linux);
        SeccompProfile.of(plan.security().seccompProfile(), privileged, granted)
                .ifPresent(profile -> linux.set("seccomp", profile));
        return linux;
    }

    // How hot a processor gets tells what its neighbours reckon (PLATYPUS).
    private static List<String> masked() {
        var all = new ArrayList<>(KernelPaths.MASKED);
        try (Stream<Path> processors = Files.list(PROCESSORS)) {
            processors
                    .map(processor -> processor.resolve("thermal_throttle"))
                    .filter(Files::exists)
                    .map(Path::toString)
                    .sorted()
                    .forEach(all::add);
        } catch (IOException none) {
            return all;
        }
        return all;
    }

    private static String rootPropagation(Blueprint plan) {
        boolean shared =
                plan.mounts().stream().anyMatch(mount -> mount.propagation().equals("rshared"));
        boolean slave =
                plan.mounts().stream().anyMatch(mount -> mount.propagation().equals("rslave"));
        return shared ? "rshared" : slave ? "rslave" : "rprivate";
    }

    private static ObjectNode resources(ContainerResources wanted, boolean privileged) {
        ObjectNode resources = Json.object();
        ArrayNode devices = resources.putArray("devices");
        if (privileged) {
            devices.addObject().put("allow", true).put("access", "rwm");
        } else {
            devices.addObject().put("allow", false).put("access", "rwm");
            devices.addObject().put("allow", true).put("type", "c").put("access", "m");
            devices.addObject().put("allow", true).put("type", "b").put("access", "m");
            // null, zero, full, random, urandom, tty, console, ptmx, and the pseudo terminals.
            for (int[] device : new int[][] {{1, 3}, {1, 5}, {1, 7}, {1, 8}, {1, 9}, {5, 0}, {5, 1}, {5, 2}}) {
                allow(devices, device[0]).put("minor", device[1]);
            }
            allow(devices, 136);
        }
        wanted.memoryLimitBytes()
                .ifPresent(bytes -> resources.putObject("memory").put("limit", bytes));
        wanted.pidsLimit().ifPresent(count -> resources.putObject("pids").put("limit", count));
        if (wanted.cpuShares().isPresent() || wanted.cpuQuotaMicros().isPresent()) {
            ObjectNode cpu = resources.putObject("cpu");
            wanted.cpuShares().ifPresent(shares -> cpu.put("shares", shares));
            // A fresh group has no limit, and crun writes one that is negative as a number that the kernel refuses.
            wanted.cpuQuotaMicros().stream().filter(quota -> quota >= 0).forEach(quota -> cpu.put("quota", quota));
            wanted.cpuPeriodMicros().ifPresent(period -> cpu.put("period", period));
        }
        if (!wanted.processors().isEmpty()) {
            resources.withObject("/cpu").put("cpus", wanted.processors());
        }
        OciWishes.hugePages(resources, wanted);
        if (wanted.diesTogether() && OciWishes.isUnified()) {
            resources.putObject("unified").put("memory.oom.group", "1");
        }
        return resources;
    }

    private static ObjectNode allow(ArrayNode devices, int major) {
        return devices.addObject()
                .put("allow", true)
                .put("type", "c")
                .put("major", major)
                .put("access", "rwm");
    }

    private static void hostDevices(ArrayNode devices) {
        try (Stream<Path> all = Files.list(DEVICES)) {
            all.sorted().forEach(path -> device(path).ifPresent(devices::add));
        } catch (IOException unreadable) {
            throw new java.io.UncheckedIOException(unreadable);
        }
    }

    /// The device at `path` as OCI spells it; empty for what is no device.
    static Optional<ObjectNode> device(Path path) {
        try {
            int mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
            int type = mode & TYPE_BITS;
            if (type != CHARACTER && type != BLOCK) {
                return Optional.empty();
            }
            long number = ((Number) Files.getAttribute(path, "unix:rdev", LinkOption.NOFOLLOW_LINKS)).longValue();
            return Optional.of(Json.object()
                    .put("path", path.toString())
                    .put("type", type == BLOCK ? "b" : "c")
                    .put("major", (number >> 8) & 0xfff | (number >> 32) & ~0xfffL)
                    .put("minor", number & 0xff | (number >> 12) & ~0xffL)
                    .put("fileMode", mode & PERMISSION_BITS)
                    .put("uid", (Integer) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS))
                    .put("gid", (Integer) Files.getAttribute(path, "unix:gid", LinkOption.NOFOLLOW_LINKS)));
        } catch (IOException vanished) {
            return Optional.empty();
        }
    }
}
