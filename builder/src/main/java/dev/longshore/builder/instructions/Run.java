package dev.longshore.builder.instructions;

import dev.longshore.builder.dockerfile.DockerfileException;
import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.flags.RunFlags;
import dev.longshore.builder.stage.Build;
import dev.longshore.builder.stage.Stage;
import dev.longshore.images.FileStat;
import dev.longshore.images.MergedTree;
import dev.longshore.runtime.OneShot;
import dev.longshore.runtime.RuntimeFaultException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `RUN command` or `RUN ["program", "argument"]`: runs a command; what it changes becomes a layer.
final class Run implements Instruction {

    private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// What a runtime makes to mount things on, deepest first: no part of the image if it was not there before.
    private static final List<String> MOUNT_POINTS = List.of(
            "/etc/hostname",
            "/etc/hosts",
            "/etc/resolv.conf",
            "/etc",
            "/dev/console",
            "/dev/shm",
            "/dev/pts",
            "/dev/mqueue",
            "/dev",
            "/proc",
            "/sys/fs/cgroup",
            "/sys/fs",
            "/sys",
            "/run");

    @Override
    public String keyword() {
        return "RUN";
    }

    @Override
    public void apply(Line line, Build build) throws IOException, InterruptedException {
        RunFlags flags = RunFlags.of(line, word -> build.expand(line, word));
        if (!flags.mounts().isEmpty() || !flags.devices().isEmpty()) {
            throw line.wrong("--mount and --device are not supported");
        }
        Texts.required(line);
        Stage stage = build.stage();
        List<String> command = command(line, build);
        Map<String, String> arguments = stage.arguments();
        String createdBy = String.join(" ", command);
        if (!arguments.isEmpty()) {
            var prefix = new StringBuilder("|" + arguments.size());
            arguments.forEach(
                    (name, value) -> prefix.append(' ').append(name).append('=').append(value));
            createdBy = prefix.append(' ').append(createdBy).toString();
        }
        stage.layer(createdBy, line.flags().toString(), (upper, work, lowers) -> {
            run(line, build, step(line, build, command, upper, work, lowers));
            clean(build, upper, lowers);
        });
    }

    private static OneShot.Step step(
            Line line, Build build, List<String> command, Path upper, Path work, List<Path> lowers) {
        Stage stage = build.stage();
        var env = new LinkedHashMap<String, String>();
        env.put("PATH", PATH);
        env.putAll(stage.proxies());
        env.putAll(stage.arguments());
        env.putAll(stage.run().env());
        boolean hostNetwork = build.wishes().hostNetwork()
                || line.flag("network").filter("host"::equals).isPresent();
        return new OneShot.Step(
                lowers,
                upper,
                work,
                command,
                env,
                stage.run().workingDirectory().isEmpty() ? "/" : stage.run().workingDirectory(),
                stage.run().user(),
                hostNetwork);
    }

    private static void run(Line line, Build build, OneShot.Step step) throws InterruptedException {
        String name = step.upperDirectory().getParent().getFileName().toString();
        String shortName =
                name.substring(name.indexOf('-') + 1).replace("-", "").substring(0, 12);
        build.say(" ---> Running in " + shortName + "\n");
        int exitCode;
        try (OutputStream out = new Relay(build::say)) {
            exitCode = build.tools().oneShot().run(step, out, out);
        } catch (RuntimeFaultException failed) {
            throw new DockerfileException(line.file(), line.number(), failed.getMessage(), 1, failed);
        } catch (IOException impossible) {
            throw new AssertionError("a relay throws nothing", impossible);
        }
        if (exitCode != 0) {
            throw new DockerfileException(
                    line.file(),
                    line.number(),
                    "The command '" + String.join(" ", step.arguments()) + "' returned a non-zero code: " + exitCode,
                    exitCode,
                    null);
        }
        build.say(" ---> Removed intermediate container " + shortName + "\n");
    }

    /// Here-documents: one alone is the script; others are given to the shell as they stand.
    private static List<String> command(Line line, Build build) {
        if (line.heredocs().isEmpty()) {
            return Texts.command(line, build);
        }
        var first = line.heredocs().getFirst();
        var script = new StringBuilder();
        if (line.heredocs().size() == 1 && line.rest().matches("<<-?['\"]?" + first.name() + "['\"]?")) {
            script.append(first.content());
        } else {
            script.append(line.rest()).append('\n');
            line.heredocs()
                    .forEach(doc ->
                            script.append(doc.content()).append(doc.name()).append('\n'));
        }
        var command = new ArrayList<>(build.stage().shell());
        command.add(script.toString());
        return List.copyOf(command);
    }

    private static void clean(Build build, Path upper, List<Path> lowers) throws IOException {
        MergedTree below = build.tools().images().layers().merged(lowers);
        for (String mountPoint : MOUNT_POINTS) {
            Path made = upper.resolve(mountPoint.substring(1));
            Optional<FileStat> stat = FileStat.of(made);
            boolean isEmptyFile =
                    stat.isPresent() && stat.get().isFile() && stat.get().size() == 0;
            boolean isDirectory = stat.isPresent() && stat.get().isDirectory();
            if ((isEmptyFile || isDirectory) && below.find(mountPoint).isEmpty()) {
                try {
                    Files.delete(made);
                } catch (DirectoryNotEmptyException used) {
                    // The command itself put something there: that stays.
                    continue;
                }
            }
        }
    }
}
