package dev.longshore.linux;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/// The native programs that a node needs, and the Debian packages that bring them.
public final class HostTools {

    private static final List<Path> DIRECTORIES = List.of(
            Path.of("/usr/bin"), Path.of("/usr/sbin"), Path.of("/bin"), Path.of("/sbin"), Path.of("/usr/local/bin"));
    private static final Duration INSTALL_LIMIT = Duration.ofMinutes(10);

    private static final List<Tool> NEEDED = List.of(
            new Tool("crun", "crun"),
            new Tool("conmon", "conmon"),
            new Tool("nft", "nftables"),
            new Tool("ip", "iproute2"),
            new Tool("conntrack", "conntrack"),
            new Tool("busybox", "busybox"),
            new Tool("nsenter", "util-linux"),
            new Tool("mount", "mount"),
            new Tool("/usr/lib/cni/bridge", "containernetworking-plugins"));

    /// What comes along when anything is installed, and is missed by nobody who does not ask for it.
    private static final List<Tool> WELCOME = List.of(new Tool("tini-static", "tini"));

    private final Path root;
    private final Commands commands;

    /// Those of this host.
    public HostTools(Commands commands) {
        this(Path.of("/"), commands);
    }

    HostTools(Path root, Commands commands) {
        this.root = root;
        this.commands = commands;
    }

    /// Where `program` is.
    public Optional<Path> find(String program) {
        if (program.startsWith("/")) {
            return Optional.of(under(Path.of(program))).filter(Files::isExecutable);
        }
        return DIRECTORIES.stream()
                .map(directory -> under(directory).resolve(program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /// The tools that are not there. `runc` serves where `crun` is missing.
    public List<Tool> missing() {
        var missing = new ArrayList<Tool>();
        for (Tool tool : NEEDED) {
            boolean present = find(tool.program()).isPresent()
                    || tool.program().equals("crun") && find("runc").isPresent();
            if (!present) {
                missing.add(tool);
            }
        }
        return List.copyOf(missing);
    }

    /// Installs what is missing with the host's package manager and returns what is missing still.
    ///
    /// @throws CommandFailedException when there is no apt-get, or it fails
    public List<Tool> install() throws InterruptedException {
        var packages = new TreeSet<String>();
        missing().forEach(tool -> packages.add(tool.debianPackage()));
        if (!packages.isEmpty()) {
            WELCOME.stream()
                    .filter(tool -> find(tool.program()).isEmpty())
                    .forEach(tool -> packages.add(tool.debianPackage()));
            var line = new ArrayList<>(List.of("apt-get", "install", "-y", "--no-install-recommends"));
            line.addAll(packages);
            var install =
                    new Commands.Command(line, Map.of("DEBIAN_FRONTEND", "noninteractive"), new byte[0], INSTALL_LIMIT);
            if (commands.run(install).exitCode() != 0) {
                // A fresh machine may not know yet what its distribution offers.
                commands.require(Commands.Command.of("apt-get", "update").within(INSTALL_LIMIT));
                commands.require(install);
            }
        }
        return missing();
    }

    private Path under(Path absolute) {
        return root.resolve(Path.of("/").relativize(absolute));
    }

    /// A program (by name, or by absolute path) and its package.
    public record Tool(String program, String debianPackage) {}
}
