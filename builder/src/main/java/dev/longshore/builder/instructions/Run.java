package dev.longshore.builder.instructions;

import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.flags.RunFlags;
import dev.longshore.builder.stage.Build;
import dev.longshore.builder.stage.RunWishes;
import dev.longshore.builder.stage.Stage;
import dev.longshore.runtime.OneShot;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.StepSandbox;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// `RUN command` or `RUN ["program", "argument"]`: runs a command; what it changes becomes a layer.
final class Run implements Instruction {

    private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

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
        stage.layer(
                createdBy,
                line.flags().toString(),
                (upper, work, lowers) -> run(line, build, step(line, flags, build, command, upper, work, lowers)));
    }

    private static OneShot.Step step(
            Line line, RunFlags flags, Build build, List<String> command, Path upper, Path work, List<Path> lowers) {
        Stage stage = build.stage();
        var env = new LinkedHashMap<String, String>();
        env.put("PATH", PATH);
        env.putAll(stage.proxies());
        env.putAll(stage.arguments());
        env.putAll(stage.run().env());
        return new OneShot.Step(
                lowers,
                upper,
                work,
                command,
                env,
                stage.run().workingDirectory().isEmpty() ? "/" : stage.run().workingDirectory(),
                stage.run().user(),
                sandbox(line, flags, build),
                List.of());
    }

    private static StepSandbox sandbox(Line line, RunFlags flags, Build build) {
        RunWishes wishes = build.wishes().run();
        boolean insecure =
                switch (flags.security()) {
                    case SANDBOX -> false;
                    case INSECURE -> true;
                };
        if (insecure) {
            require(line, wishes, RunWishes.Entitlement.SECURITY_INSECURE);
        }
        return new StepSandbox(
                network(line, flags, wishes), insecure, wishes.hostname(), wishes.hosts(), wishes.limits());
    }

    private static StepSandbox.Network network(Line line, RunFlags flags, RunWishes wishes) {
        return switch (flags.network()) {
            case DEFAULT -> wishes.network();
            case NONE -> StepSandbox.Network.NONE;
            case HOST -> {
                if (wishes.network() != StepSandbox.Network.HOST) {
                    require(line, wishes, RunWishes.Entitlement.NETWORK_HOST);
                }
                yield StepSandbox.Network.HOST;
            }
        };
    }

    private static void require(Line line, RunWishes wishes, RunWishes.Entitlement right) {
        if (!wishes.allowed().contains(right)) {
            throw line.wrong(right + " is not allowed: ask for it with --allow " + right);
        }
    }

    private static void run(Line line, Build build, OneShot.Step step) throws InterruptedException {
        String name = step.upperDirectory().getParent().getFileName().toString();
        String shortName =
                name.substring(name.indexOf('-') + 1).replace("-", "").substring(0, 12);
        build.step().inContainer(shortName);
        int exitCode;
        try (OutputStream out = new Relay(build::say)) {
            exitCode = build.tools().oneShot().run(step, out, out);
        } catch (RuntimeFaultException failed) {
            throw line.failed(failed.getMessage(), 1, failed);
        } catch (IOException impossible) {
            throw new AssertionError("a relay throws nothing", impossible);
        }
        if (exitCode != 0) {
            throw line.failed(
                    "The command '" + String.join(" ", step.arguments()) + "' returned a non-zero code: " + exitCode,
                    exitCode,
                    null);
        }
        build.step().containerRemoved(shortName);
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
}
