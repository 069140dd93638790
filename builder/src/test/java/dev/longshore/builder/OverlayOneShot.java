package dev.longshore.builder;

import dev.longshore.runtime.OneShot;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Runs steps by mount, chroot and a mount namespace of their own, which takes the mount with it.
final class OverlayOneShot implements OneShot {

    private static final String SCRIPT = """
            root=$1; options=$2; directory=$3; shift 3
            mkdir -p "$root" && mount -t overlay overlay -o "$options" "$root" || exit 125
            mkdir -p "$root/dev" && mount --bind /dev "$root/dev"
            cd "$root" && exec chroot . /bin/sh -c 'cd "$0" && exec "$@"' "$directory" "$@"
            """;

    volatile int runs;

    @Override
    public int run(Step step, OutputStream stdout, OutputStream stderr) throws InterruptedException {
        runs++;
        Path root = step.upperDirectory().resolveSibling("root");
        String options = "lowerdir="
                + step.lowerDirectories().stream().map(Path::toString).collect(Collectors.joining(":"))
                + ",upperdir=" + step.upperDirectory() + ",workdir=" + step.workDirectory();
        var command = new ArrayList<>(List.of(
                "timeout",
                "-k",
                "1",
                "60",
                "unshare",
                "-m",
                "--propagation",
                "private",
                "sh",
                "-c",
                SCRIPT,
                "step",
                root.toString(),
                options,
                step.workingDirectory()));
        command.addAll(step.arguments());
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(step.env());
        try {
            Process process = builder.start();
            try (InputStream out = process.getInputStream()) {
                Thread reader = Thread.ofVirtual().start(() -> copy(out, stdout));
                int exitCode = process.waitFor();
                reader.join();
                Files.deleteIfExists(step.upperDirectory().resolve("dev"));
                return exitCode;
            } catch (InterruptedException cancelled) {
                process.destroyForcibly().waitFor();
                throw cancelled;
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static void copy(InputStream in, OutputStream out) {
        try {
            in.transferTo(out);
        } catch (IOException ended) {
            throw new UncheckedIOException(ended);
        }
    }
}
