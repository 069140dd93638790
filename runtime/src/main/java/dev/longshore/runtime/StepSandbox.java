package dev.longshore.runtime;

import java.util.List;
import java.util.OptionalLong;

/// What surrounds a build step.
///
/// @param insecure every capability, no seccomp, the host's devices: as a privileged container
/// @param hostname of its uts namespace; not with the host's network, where it is the host's
/// @param hosts lines for its /etc/hosts
/// @param devices what the devices that it uses ask for
public record StepSandbox(
        Network network, boolean insecure, String hostname, List<Host> hosts, Limits limits, ContainerEdits devices) {

    /// A network of its own, no rights, no limits.
    public static final StepSandbox USUAL =
            new StepSandbox(Network.OWN, false, "buildkitsandbox", List.of(), Limits.NONE, ContainerEdits.NONE);

    public StepSandbox {
        hosts = List.copyOf(hosts);
    }

    /// What a step reaches.
    public enum Network {
        /// What [SandboxNetwork] wires, as for a pod.
        OWN,
        /// Itself only.
        NONE,
        /// All that the host does.
        HOST
    }

    /// A line of /etc/hosts.
    ///
    /// @param address may be [#GATEWAY]
    public record Host(String name, String address) {

        /// Stands for the address at which a step reaches the host.
        public static final String GATEWAY = "host-gateway";
    }

    /// How much a step may use.
    ///
    /// @param resources of its cgroup
    /// @param sharedMemoryBytes the size of its /dev/shm
    /// @param ulimits in place of the usual ones
    /// @param processors which it may use, as `0-2,4`; empty for all
    /// @param memoryNodes the same of memory
    /// @param swap how much memory and swap together; negative for no limit; nothing where the kernel counts none
    /// @param cgroupParent where its cgroup is to be, below that of all steps; empty for there
    public record Limits(
            ContainerResources resources,
            OptionalLong sharedMemoryBytes,
            List<Ulimit> ulimits,
            String processors,
            String memoryNodes,
            OptionalLong swap,
            String cgroupParent) {

        /// No limit.
        public static final Limits NONE =
                new Limits(ContainerResources.NONE, OptionalLong.empty(), List.of(), "", "", OptionalLong.empty(), "");

        public Limits {
            ulimits = List.copyOf(ulimits);
        }

        private Limits below(String parent) {
            return new Limits(resources, sharedMemoryBytes, ulimits, processors, memoryNodes, swap, parent);
        }
    }

    /// A limit of setrlimit(2).
    ///
    /// @param name in lower case, as `nofile`
    /// @param soft -1 for none
    /// @param hard -1 for none
    public record Ulimit(String name, long soft, long hard) {}

    /// The same in another network.
    public StepSandbox in(Network other) {
        return new StepSandbox(other, insecure, hostname, hosts, limits, devices);
    }

    /// The same with its cgroup below `parent`.
    public StepSandbox below(String parent) {
        return new StepSandbox(network, insecure, hostname, hosts, limits.below(parent), devices);
    }

    /// The same with devices that ask for `edits`.
    public StepSandbox using(ContainerEdits edits) {
        return new StepSandbox(network, insecure, hostname, hosts, limits, edits);
    }
}
