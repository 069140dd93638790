package dev.longshore.builder.instructions;

import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.flags.RunFlags;
import dev.longshore.builder.mounts.OpenMounts;
import dev.longshore.builder.mounts.RunMounts;
import dev.longshore.builder.stage.Build;
import dev.longshore.builder.stage.Stage;
import dev.longshore.runtime.OneShot;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.StepSandbox;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `RUN command` or `RUN ["program", "argument"]`: runs a command; what it changes becomes a layer.
final class Run implements Instruction {

    @Override
    public String keyword() {
        return "RUN";
    }

    @Override
    public void apply(Line line, Build build) throws IOException, InterruptedException {
        RunFlags flags = RunFlags.of(line, word -> build.expand(line, word));
        RunScript script = RunScript.of(line, build.stage().shell());
        List<String> command = script.command();
        RunDevices devices = RunDevices.of(line, build, flags.devices());
        StepSandbox sandbox = RunSandbox.of(line, flags, build.wishes(), devices.edits());
        RunMounts asked = RunMounts.of(line, build, flags.mounts());
        RunMounts mounts = script.file()
                .map(file -> asked.withScript(file.name(), file.content()))
                .orElse(asked);
        String inputs = sandbox.network() + (sandbox.insecure() ? " insecure" : "") + devices.meaning() + "\n"
                + mounts.meaning();
        if (sandbox.network() != StepSandbox.Network.NONE) {
            build.session().materials().network();
        }
        build.stage().layer(createdBy(build.stage(), command), inputs, (upper, work, lowers) -> {
            Optional<String> refusal = build.tools().emulation().refusal(build.platform());
            if (refusal.isPresent()) {
                throw line.wrong(refusal.get());
            }
            try (OpenMounts opened = mounts.open()) {
                Map<String, String> env = env(build.stage(), opened);
                run(line, build, step(build.stage(), command, env, sandbox, opened, upper, work, lowers));
            }
        });
    }

    private static String createdBy(Stage stage, List<String> command) {
        Map<String, String> arguments = stage.arguments();
        String text = String.join(" ", command);
        if (arguments.isEmpty()) {
            return text;
        }
        var prefix = new StringBuilder("|" + arguments.size());
        arguments.forEach(
                (name, value) -> prefix.append(' ').append(name).append('=').append(value));
        return prefix.append(' ').append(text).toString();
    }

    private static Map<String, String> env(Stage stage, OpenMounts opened) {
        var env = new LinkedHashMap<String, String>();
        env.put("PATH", Stage.SEARCH_PATH);
        env.putAll(stage.proxies());
        env.putAll(opened.variables());
        env.putAll(stage.run().env());
        env.putAll(stage.arguments());
        opened.variables().forEach((name, value) -> {
            if (!name.equals("SSH_AUTH_SOCK")) {
                env.put(name, value);
            }
        });
        return env;
    }

    private static OneShot.Step step(
            Stage stage,
            List<String> command,
            Map<String, String> env,
            StepSandbox sandbox,
            OpenMounts opened,
            Path upper,
            Path work,
            List<Path> lowers) {
        return new OneShot.Step(
                lowers,
                upper,
                work,
                command,
                env,
                stage.run().workingDirectory().isEmpty() ? "/" : stage.run().workingDirectory(),
                stage.run().user(),
                sandbox,
                opened.mounts());
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
}
