package dev.longshore.server;

import dev.longshore.cli.CommandFailure;
import dev.longshore.linux.CommandFailedException;
import dev.longshore.linux.Commands;
import dev.longshore.linux.HostTools;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/// Makes sure that this host can be a node: root, and the native tools.
final class HostPreparation {

    private final HostTools tools;
    private final Progress progress;

    HostPreparation(Commands commands, Progress progress) {
        this.tools = new HostTools(commands);
        this.progress = progress;
    }

    /// Installs what is missing if it may.
    ///
    /// @throws CommandFailure when this host cannot be a node
    void prepare(boolean mayInstall) throws InterruptedException {
        if (!isRoot()) {
            throw new CommandFailure("running containers needs root: start it with sudo");
        }
        List<HostTools.Tool> missing = tools.missing();
        if (missing.isEmpty()) {
            return;
        }
        if (!mayInstall) {
            throw new CommandFailure("missing packages: %s. Install them with: apt-get install %s"
                    .formatted(names(missing), names(missing)));
        }
        progress.say("  installing " + names(missing) + " (--no-install only names them)");
        try {
            List<HostTools.Tool> left = tools.install();
            if (!left.isEmpty()) {
                throw new CommandFailure("still missing after the installation: " + names(left));
            }
        } catch (CommandFailedException failed) {
            throw new CommandFailure("cannot install %s: %s".formatted(names(missing), failed.getMessage()), failed);
        }
    }

    /// True for the superuser, who alone may write there.
    static boolean isRoot() {
        return Files.isWritable(Path.of("/proc/sys/kernel/core_pattern"))
                || "root".equals(System.getProperty("user.name"));
    }

    private static String names(List<HostTools.Tool> missing) {
        return missing.stream().map(HostTools.Tool::debianPackage).distinct().collect(Collectors.joining(" "));
    }
}
