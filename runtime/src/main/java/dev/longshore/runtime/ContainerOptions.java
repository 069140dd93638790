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
/// @param cpuset the processors it may use, as `0-2,4`; empty for all
/// @param memory further limits of the memory controller
/// @param maskedPaths hidden paths of /proc and /sys; empty for the usual ones
/// @param readOnlyPaths the same of paths that cannot be written
/// @param pidNamespace the file of the pid namespace to join, in place of the sandbox's
public record ContainerOptions(
        Optional<Path> writableLayer,
        List<Path> layers,
        String user,
        List<String> groups,
        List<Ulimit> ulimits,
        List<Device> devices,
        List<DeviceRule> deviceRules,
        String cpuset,
        Memory memory,
        Optional<List<String>> maskedPaths,
        Optional<List<String>> readOnlyPaths,
        Optional<Path> pidNamespace) {

    /// Nothing of all that.
    public static final ContainerOptions NONE = new ContainerOptions(
            Optional.empty(),
            List.of(),
            "",
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            "",
            Memory.NONE,
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    public ContainerOptions {
        layers = List.copyOf(layers);
        groups = List.copyOf(groups);
        ulimits = List.copyOf(ulimits);
        devices = List.copyOf(devices);
        deviceRules = List.copyOf(deviceRules);
        maskedPaths = maskedPaths.map(List::copyOf);
        readOnlyPaths = readOnlyPaths.map(List::copyOf);
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

    /// Limits in bytes.
    ///
    /// @param swap memory and swap together; negative for no limit; left out where the kernel does not count swap
    public record Memory(OptionalLong reservation, OptionalLong swap) {
        /// No limit.
        public static final Memory NONE = new Memory(OptionalLong.empty(), OptionalLong.empty());
    }
}
