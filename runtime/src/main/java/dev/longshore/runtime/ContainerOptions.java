package dev.longshore.runtime;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// What a container may ask for beyond what pods know: the wishes of the Docker Engine API.
///
/// @param writableLayer a directory of the caller's own that keeps the writable layer (`upper` and `work` in it)
/// from one container to the next; empty for a layer that goes with the container
/// @param layers read-only layers between the image's and the writable one, topmost first, in overlayfs form
/// @param user `uid[:gid]` or names that the image's own /etc/passwd and /etc/group know, in place of the image's
/// @param groups names or numbers of further groups
/// @param limits further limits of its cgroup
/// @param maskedPaths hidden paths of /proc and /sys; empty for the usual ones
/// @param readOnlyPaths the same of paths that cannot be written
/// @param namespaces whose it has in place of the sandbox's
/// @param log how much of what it prints is kept
public record ContainerOptions(
        Optional<Path> writableLayer,
        List<Path> layers,
        String user,
        List<String> groups,
        List<Ulimit> ulimits,
        List<Device> devices,
        List<DeviceRule> deviceRules,
        Limits limits,
        Optional<List<String>> maskedPaths,
        Optional<List<String>> readOnlyPaths,
        Namespaces namespaces,
        Log log) {

    /// Nothing of all that.
    public static final ContainerOptions NONE = new ContainerOptions(
            Optional.empty(),
            List.of(),
            "",
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            Limits.NONE,
            Optional.empty(),
            Optional.empty(),
            Namespaces.USUAL,
            Log.USUAL);

    public ContainerOptions {
        layers = List.copyOf(layers);
        groups = List.copyOf(groups);
        ulimits = List.copyOf(ulimits);
        devices = List.copyOf(devices);
        deviceRules = List.copyOf(deviceRules);
        maskedPaths = maskedPaths.map(List::copyOf);
        readOnlyPaths = readOnlyPaths.map(List::copyOf);
        // A container that an earlier version made has none of these written down.
        limits = limits == null ? Limits.NONE : limits;
        namespaces = namespaces == null ? Namespaces.USUAL : namespaces;
        log = log == null ? Log.USUAL : log;
    }

    /// Nothing but other namespaces.
    public static ContainerOptions with(Namespaces namespaces) {
        return new ContainerOptions(
                NONE.writableLayer,
                NONE.layers,
                NONE.user,
                NONE.groups,
                NONE.ulimits,
                NONE.devices,
                NONE.deviceRules,
                NONE.limits,
                NONE.maskedPaths,
                NONE.readOnlyPaths,
                namespaces,
                NONE.log);
    }

    /// The same with `other` devices.
    public ContainerOptions withDevices(List<Device> other) {
        return new ContainerOptions(
                writableLayer,
                layers,
                user,
                groups,
                ulimits,
                other,
                deviceRules,
                limits,
                maskedPaths,
                readOnlyPaths,
                namespaces,
                log);
    }

    /// The same with memory of these NUMA nodes only, as `0-1`.
    public ContainerOptions withMemoryNodes(String nodes) {
        return new ContainerOptions(
                writableLayer,
                layers,
                user,
                groups,
                ulimits,
                devices,
                deviceRules,
                limits.withMemoryNodes(nodes),
                maskedPaths,
                readOnlyPaths,
                namespaces,
                log);
    }

    /// The same, keeping another amount of what is printed.
    public ContainerOptions with(Log other) {
        return new ContainerOptions(
                writableLayer,
                layers,
                user,
                groups,
                ulimits,
                devices,
                deviceRules,
                limits,
                maskedPaths,
                readOnlyPaths,
                namespaces,
                other);
    }

    /// A resource limit of the process; what is above this process's own is clamped to it.
    ///
    /// @param name without `RLIMIT_`, in lower case
    /// @param soft negative for none
    /// @param hard negative for none
    public record Ulimit(String name, long soft, long hard) {}

    /// A device of the host in the container.
    ///
    /// @param permissions out of `r`, `w`, `m`
    public record Device(Path hostPath, String containerPath, String permissions) {}

    /// A rule of the device controller, as `c 1:3 rwm`; `*` for any number.
    public record DeviceRule(String type, String major, String minor, String permissions) {}

    /// Limits of its cgroup beyond [ContainerResources]; what is empty stays as it is.
    ///
    /// @param processors it may use, as `0-2,4`; empty for all
    /// @param memoryNodes it may use, spelt alike
    /// @param memoryReservation bytes that are taken away last when memory is short
    /// @param memoryAndSwap bytes of both together; negative for no limit; left out where swap is not counted
    /// @param blockWeight its share of block devices, 10 to 1000; left out where the kernel does not weigh
    public record Limits(
            String processors,
            String memoryNodes,
            OptionalLong memoryReservation,
            OptionalLong memoryAndSwap,
            OptionalLong blockWeight,
            List<Throttle> throttles) {
        /// None of them.
        public static final Limits NONE =
                new Limits("", "", OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), List.of());

        public Limits {
            throttles = List.copyOf(throttles);
        }

        private Limits withMemoryNodes(String nodes) {
            return new Limits(processors, nodes, memoryReservation, memoryAndSwap, blockWeight, throttles);
        }
    }

    /// The most that goes from or to a block device in a second.
    public record Throttle(Path device, Direction direction, long rate) {
        /// What is counted.
        public enum Direction {
            READ_BYTES,
            WRITE_BYTES,
            READ_OPERATIONS,
            WRITE_OPERATIONS
        }
    }

    /// Namespaces that are not the sandbox's.
    ///
    /// @param pid the file of the one to join
    /// @param pidOf the running container whose processes it shares, in place of `pid`
    /// @param ipcOf the sandbox whose ipc namespace and shared memory it joins
    /// @param hostUts whether it has the host's name
    /// @param ownCgroup whether it sees its cgroup as the root
    /// @param sharedMemoryBytes the size of the sandbox's shared memory, if this container is the first to use it
    public record Namespaces(
            Optional<Path> pid,
            Optional<String> pidOf,
            Optional<String> ipcOf,
            boolean hostUts,
            boolean ownCgroup,
            OptionalLong sharedMemoryBytes) {
        /// The sandbox's.
        public static final Namespaces USUAL = new Namespaces(
                Optional.empty(), Optional.empty(), Optional.empty(), false, false, OptionalLong.empty());

        public Namespaces {
            // A container that an earlier version made has none written down.
            pidOf = pidOf == null ? Optional.empty() : pidOf;
        }

        /// The sandbox's, but for the processes of container `id`.
        public static Namespaces withProcessesOf(String id) {
            return new Namespaces(
                    Optional.empty(), Optional.of(id), Optional.empty(), false, false, OptionalLong.empty());
        }
    }

    /// How much of what it prints is kept: some files, each moved aside when it has grown.
    ///
    /// @param largestBytes from which a file is moved aside; negative for never
    /// @param files how many there are at most; 0 keeps nothing at all
    public record Log(long largestBytes, int files) {
        /// What pods have.
        public static final Log USUAL = new Log(10L << 20, 5);

        /// Nothing is kept.
        public static final Log NONE = new Log(-1, 0);
    }
}
