package dev.longshore.runtime;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// What a device asks for to be used in a container (container device interface, SPEC.md, "containerEdits").
///
/// @param env `NAME=value`, in place of a variable of that name
/// @param nodes device nodes
/// @param mounts files of the host
/// @param hooks programs of the host that the OCI runtime runs
/// @param groups further groups of the process
/// @param interfaces of the host's network
/// @param rdt what Intel's resource director shall do
public record ContainerEdits(
        List<String> env,
        List<Node> nodes,
        List<Mount> mounts,
        List<Hook> hooks,
        List<Long> groups,
        List<Interface> interfaces,
        Optional<Rdt> rdt) {

    /// Nothing.
    public static final ContainerEdits NONE =
            new ContainerEdits(List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), Optional.empty());

    public ContainerEdits {
        env = List.copyOf(env);
        nodes = List.copyOf(nodes);
        mounts = List.copyOf(mounts);
        hooks = List.copyOf(hooks);
        groups = List.copyOf(groups);
        interfaces = List.copyOf(interfaces);
    }

    /// A device node.
    ///
    /// @param path in the container
    /// @param hostPath the node that it is like, unless type and number say that
    /// @param type `b`, `c`, `u` or `p`; empty for the host node's
    /// @param number major and minor; absent for the host node's
    /// @param permissions out of `rwm`; empty for all, `none` for none
    public record Node(
            String path,
            Path hostPath,
            String type,
            Optional<Number> number,
            OptionalInt mode,
            String permissions,
            OptionalLong uid,
            OptionalLong gid) {

        /// Major and minor.
        public record Number(long major, long minor) {}
    }

    /// A file or directory of the host.
    ///
    /// @param type `bind`, unless it says another
    public record Mount(Path hostPath, String containerPath, String type, List<String> options) {
        public Mount {
            options = List.copyOf(options);
        }
    }

    /// A program that the OCI runtime runs.
    ///
    /// @param when as the runtime specification calls it
    /// @param seconds after which it has failed
    public record Hook(String when, String path, List<String> args, List<String> env, OptionalInt seconds) {
        public Hook {
            args = List.copyOf(args);
            env = List.copyOf(env);
        }
    }

    /// An interface of the host that moves into the container.
    public record Interface(String hostName, String name) {}

    /// A class of service; each text may be empty.
    public record Rdt(
            String closId, String l3CacheSchema, String memBwSchema, List<String> schemata, boolean isMonitored) {
        public Rdt {
            schemata = List.copyOf(schemata);
        }
    }

    /// These, then `more`.
    public ContainerEdits and(ContainerEdits more) {
        return new ContainerEdits(
                joined(env, more.env),
                joined(nodes, more.nodes),
                joined(mounts, more.mounts),
                joined(hooks, more.hooks),
                joined(groups, more.groups),
                joined(interfaces, more.interfaces),
                more.rdt.isPresent() ? more.rdt : rdt);
    }

    private static <T> List<T> joined(List<T> some, List<T> more) {
        var all = new ArrayList<>(some);
        all.addAll(more);
        return all;
    }
}
