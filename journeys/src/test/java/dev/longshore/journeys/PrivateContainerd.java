package dev.longshore.journeys;

import static dev.longshore.journeys.RunningCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Debian's containerd with root, state and socket under one directory, beside the host's own if there is one. The
/// image of its sandboxes is made of the host's busybox, since no registry is to be reached.
final class PrivateContainerd implements AutoCloseable {

    private static final Duration STARTING = Duration.ofSeconds(60);
    private static final String SANDBOX_IMAGE = "longshore.test/pause:1";

    private static final String MAKE_IMAGE = """
            set -e
            cd "$1" && mkdir -p image/root/bin
            cp "$(command -v busybox)" image/root/bin/sleep
            ldd "$(command -v busybox)" | grep -o '/[^ ]*' | while read -r library; do
              mkdir -p "image/root$(dirname "$library")" && cp -L "$library" "image/root$library"
            done
            cd image && tar -C root -cf layer.tar .
            digest=$(sha256sum layer.tar | cut -d' ' -f1)
            printf '{"architecture":"%s","os":"linux","config":{"Cmd":["/bin/sleep","1000000"]},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' \
              "$(dpkg --print-architecture)" "$digest" > config.json
            printf '[{"Config":"config.json","RepoTags":["%s"],"Layers":["layer.tar"]}]' "$2" > manifest.json
            tar -cf ../pause.tar manifest.json config.json layer.tar
            """;

    /// For a test that failed in the middle: what it has left there goes, and what that had mounted.
    private static final String CLEAR = """
            control="ctr --address $1/containerd.sock --namespace k8s.io"
            for id in $($control containers ls -q); do
              $control tasks rm -f "$id"
              $control containers rm "$id"
            done
            """;

    private static final String UNMOUNT = """
            grep -F " $1/" /proc/self/mountinfo | cut -d' ' -f5 | sort -r | while read -r point; do umount -l "$point"; done
            rm -rf --one-file-system "$1"
            """;

    private final Path directory;
    private final Shell shell;
    private final Process process;

    private PrivateContainerd(Path directory, Shell shell, Process process) {
        this.directory = directory;
        this.shell = shell;
        this.process = process;
    }

    /// One whose pods are wired by what is in `networks`.
    static PrivateContainerd start(Path networks, Shell shell) throws IOException {
        Path directory = Files.createTempDirectory("containerd");
        shell.run("sh", "-c", MAKE_IMAGE, "sh", directory.toString(), SANDBOX_IMAGE)
                .succeeded();
        Path file =
                Files.writeString(directory.resolve("config.toml"), """
                version = 2
                root = "%1$s/root"
                state = "%1$s/state"
                [grpc]
                  address = "%1$s/containerd.sock"
                [plugins."io.containerd.grpc.v1.cri"]
                  sandbox_image = "%2$s"
                  restrict_oom_score_adj = true
                  [plugins."io.containerd.grpc.v1.cri".cni]
                    bin_dir = "/usr/lib/cni"
                    conf_dir = "%3$s"
                """.formatted(directory, SANDBOX_IMAGE, networks));
        var started = new PrivateContainerd(
                directory,
                shell,
                new ProcessBuilder("containerd", "-c", file.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("log").toFile())
                        .start());
        try {
            eventually(
                    STARTING,
                    () -> started.control(
                                    "images",
                                    "import",
                                    directory.resolve("pause.tar").toString())
                            .succeeded());
            return started;
        } catch (RuntimeException | Error failure) {
            started.close();
            throw failure;
        }
    }

    /// For `--container-runtime-endpoint`.
    String endpoint() {
        return "unix://" + directory.resolve("containerd.sock");
    }

    /// The ids of all containers there, sandboxes' included.
    List<String> containers() {
        return control("containers", "ls", "-q").succeeded().out().lines().toList();
    }

    private Ran control(String... arguments) {
        var line = new java.util.ArrayList<>(
                List.of("ctr", "--address", directory.resolve("containerd.sock").toString(), "--namespace", "k8s.io"));
        line.addAll(List.of(arguments));
        return shell.run(line.toArray(String[]::new));
    }

    @Override
    public void close() {
        shell.run("sh", "-c", CLEAR, "sh", directory.toString());
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        shell.run("sh", "-c", UNMOUNT, "sh", directory.toString()).succeeded();
        assertThat(directory).doesNotExist();
    }
}
