package dev.longshore.kubelet.node;

import static java.util.Objects.requireNonNull;

import dev.longshore.linux.ProcessorSet;
import io.fabric8.kubernetes.api.model.NodeSystemInfo;
import io.fabric8.kubernetes.api.model.NodeSystemInfoBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The machine that this process runs on, as `/proc` and `/etc` tell of it.
public final class HostMachine implements Machine {

    private static final long KIBI = 1024;
    private static final int LARGEST_FILE = 64 << 10;
    private static final Path HUGE_PAGES = Path.of("/sys/kernel/mm/hugepages");

    private final NodeDisks disks;
    private final Path proc;

    /// With pods and images on `disks`.
    public HostMachine(NodeDisks disks) {
        this(disks, Path.of("/proc"));
    }

    HostMachine(NodeDisks disks, Path proc) {
        this.disks = requireNonNull(disks, "disks");
        this.proc = requireNonNull(proc, "proc");
    }

    @Override
    public Map<String, Quantity> capacity() {
        long disk = 0;
        try {
            disk = Files.getFileStore(disks.node()).getTotalSpace();
        } catch (IOException unknown) {
            // A disk that cannot be measured counts as none, and pods that ask for some are refused.
        }
        var capacity = new LinkedHashMap<String, Quantity>();
        capacity.put("cpu", new Quantity(String.valueOf(Runtime.getRuntime().availableProcessors())));
        capacity.put("memory", new Quantity(memory("MemTotal") / KIBI + "Ki"));
        capacity.put("ephemeral-storage", new Quantity(disk / KIBI + "Ki"));
        capacity.putAll(new HugePages(HUGE_PAGES).capacity());
        return capacity;
    }

    @Override
    public NodeSystemInfo info() {
        return new NodeSystemInfoBuilder()
                .withMachineID(text(Path.of("/etc/machine-id"), ""))
                .withSystemUUID(text(Path.of("/sys/class/dmi/id/product_uuid"), text(Path.of("/etc/machine-id"), "")))
                .withBootID(text(proc.resolve("sys/kernel/random/boot_id"), ""))
                .withKernelVersion(text(proc.resolve("sys/kernel/osrelease"), ""))
                .withOsImage(osImage())
                .withOperatingSystem("linux")
                .withArchitecture(architecture())
                .build();
    }

    @Override
    public Map<String, Observation> left() {
        var left = new LinkedHashMap<String, Observation>();
        // As the kubelet reckons it: what can be taken back only from files that are in use counts as used.
        long all = memory("MemTotal");
        if (all > 0) {
            left.put("memory.available", new Observation(memory("MemFree") + memory("Inactive(file)"), all));
        }
        Optional<FileSystemSpace> node = FileSystemSpace.of(disks.node());
        Optional<FileSystemSpace> images = disks.areImagesApart() ? FileSystemSpace.of(disks.images()) : node;
        put(left, "nodefs", node);
        put(left, "imagefs", images);
        // Writable layers are where volumes and logs are.
        put(left, "containerfs", node);
        processes().ifPresent(observation -> left.put("pid.available", observation));
        return left;
    }

    private static void put(Map<String, Observation> left, String system, Optional<FileSystemSpace> space) {
        space.ifPresent(found -> {
            left.put(system + ".available", found.bytes());
            left.put(system + ".inodesFree", found.inodes());
        });
    }

    /// The processors that are in use, all of which this process may run on or not.
    public static ProcessorSet processors() {
        String online = text(Path.of("/sys/devices/system/cpu/online"), "");
        int count = Runtime.getRuntime().availableProcessors();
        return ProcessorSet.parse(online.isEmpty() ? "0-" + (count - 1) : online);
    }

    /// The processor's kind as Kubernetes spells it.
    public static String architecture() {
        return switch (System.getProperty("os.arch")) {
            case "x86_64", "amd64" -> "amd64";
            case "aarch64" -> "arm64";
            default -> System.getProperty("os.arch");
        };
    }

    private Optional<Observation> processes() {
        String[] load = text(proc.resolve("loadavg"), "").split(" ");
        if (load.length < 4 || !load[3].contains("/")) {
            return Optional.empty();
        }
        long running = Long.parseLong(load[3].substring(load[3].indexOf('/') + 1));
        long most = Math.min(
                Long.parseLong(text(proc.resolve("sys/kernel/pid_max"), "32768")),
                Long.parseLong(text(proc.resolve("sys/kernel/threads-max"), "9223372036854775807")));
        return Optional.of(new Observation(most - running, most));
    }

    private long memory(String name) {
        return text(proc.resolve("meminfo"), "")
                .lines()
                .filter(line -> line.startsWith(name + ":"))
                .map(line -> line.replaceAll("[^0-9]", ""))
                .mapToLong(Long::parseLong)
                .map(kibi -> kibi * KIBI)
                .findFirst()
                .orElse(0);
    }

    private static String osImage() {
        return text(Path.of("/etc/os-release"), "")
                .lines()
                .filter(line -> line.startsWith("PRETTY_NAME="))
                .map(line -> line.substring("PRETTY_NAME=".length()).replace("\"", ""))
                .findFirst()
                .orElse("Linux");
    }

    private static String text(Path file, String otherwise) {
        // Numbers under /proc/sys are there for one read only, so it must be a large one.
        try (var in = Files.newInputStream(file)) {
            byte[] buffer = new byte[LARGEST_FILE];
            int length = in.readNBytes(buffer, 0, buffer.length);
            return new String(buffer, 0, length, StandardCharsets.UTF_8).strip();
        } catch (IOException unreadable) {
            return otherwise;
        }
    }
}
