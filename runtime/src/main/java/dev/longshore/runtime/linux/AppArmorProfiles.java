package dev.longshore.runtime.linux;

import dev.longshore.linux.Commands;
import dev.longshore.linux.Commands.Command;
import dev.longshore.runtime.ContainerSecurity;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.RuntimeFaultException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Which AppArmor profile a container's process gets, as containerd decides it: who names none gets the runtime's own
/// where the kernel has AppArmor, who is privileged none unless it names one, and a profile of the node's must be there
/// already. Thread-safe.
final class AppArmorProfiles {

    /// The runtime's own; loaded when a container first needs it.
    static final String DEFAULT = "longshore-default";

    private static final String LOCALHOST = "localhost/";
    private static final List<Path> PARSERS =
            List.of(Path.of("sbin/apparmor_parser"), Path.of("usr/sbin/apparmor_parser"));

    // Processes of one profile may signal and trace one another, and nobody else; the kernel's switches stay shut also
    // where a mount is missing that should have kept them so.
    private static final String PROFILE = """
            #include <tunables/global>

            profile %1$s flags=(attach_disconnected,mediate_deleted) {
              #include <abstractions/base>
              network,
              capability,
              file,
              umount,
              signal (receive) peer=unconfined,
              signal (send,receive) peer=%1$s,
              ptrace (trace,read,tracedby,readby) peer=%1$s,
              deny mount,
              deny @{PROC}/* w,
              deny @{PROC}/{[^1-9],[^1-9][^0-9],[^1-9s][^0-9y][^0-9s],[^1-9][^0-9][^0-9][^0-9]*}/** w,
              deny @{PROC}/sys/[^k]** w,
              deny @{PROC}/sys/kernel/{?,??,[^s][^h][^m]**} w,
              deny @{PROC}/sysrq-trigger rwklx,
              deny @{PROC}/kcore rwklx,
              deny /sys/[^f]*/** wklx,
              deny /sys/f[^s]*/** wklx,
              deny /sys/fs/[^c]*/** wklx,
              deny /sys/fs/c[^g]*/** wklx,
              deny /sys/fs/cg[^r]*/** wklx,
              deny /sys/firmware/** rwklx,
              deny /sys/kernel/security/** rwklx,
              deny /sys/devices/virtual/powercap/** rwklx,
            }
            """.formatted(DEFAULT);

    private final Path root;
    private final Commands commands;

    AppArmorProfiles(Commands commands) {
        this(Path.of("/"), commands);
    }

    /// `root` is where the host's `/sys` and `/sbin` are.
    AppArmorProfiles(Path root, Commands commands) {
        this.root = root;
        this.commands = commands;
    }

    /// Puts the profile of a container with `security` into `config`.
    ///
    /// @throws RuntimeFaultException when it asks for one that cannot be had
    ObjectNode into(ObjectNode config, ContainerSecurity security) throws InterruptedException {
        Optional<String> profile = of(security.appArmorProfile(), security.privileged());
        profile.ifPresent(name -> config.withObject("/process").put("apparmorProfile", name));
        return config;
    }

    private Optional<String> of(String wanted, boolean privileged) throws InterruptedException {
        boolean asks = !wanted.isEmpty() && !wanted.equals("Unconfined");
        if (!isThere()) {
            if (asks) {
                throw new RuntimeFaultException(Kind.CANNOT_START, "apparmor is not supported");
            }
            return Optional.empty();
        }
        if (wanted.startsWith(LOCALHOST)) {
            String name = wanted.substring(LOCALHOST.length());
            if (!isLoaded(name)) {
                throw new RuntimeFaultException(Kind.CANNOT_START, "apparmor profile not found " + name);
            }
            return Optional.of(name);
        }
        if (privileged || wanted.equals("Unconfined")) {
            return Optional.empty();
        }
        load();
        return Optional.of(DEFAULT);
    }

    private boolean isThere() {
        return Files.isDirectory(root.resolve("sys/kernel/security/apparmor"))
                && text("sys/module/apparmor/parameters/enabled").startsWith("Y")
                && parser().isPresent();
    }

    private Optional<Path> parser() {
        return PARSERS.stream().map(root::resolve).filter(Files::exists).findFirst();
    }

    private boolean isLoaded(String name) {
        // Each line is a name, which may hold anything, and its mode in parentheses.
        return text("sys/kernel/security/apparmor/profiles").lines().anyMatch(line -> {
            int mode = line.lastIndexOf(" (");
            return mode > 0 && line.substring(0, mode).equals(name);
        });
    }

    private synchronized void load() throws InterruptedException {
        if (!isLoaded(DEFAULT)) {
            commands.require(
                    Command.of(parser().orElseThrow().toString(), "-Kr").withInput(PROFILE));
        }
    }

    private String text(String file) {
        try {
            return Files.readString(root.resolve(file));
        } catch (IOException none) {
            return "";
        }
    }
}
