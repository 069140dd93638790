package dev.longshore.runtime.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.base.Digest;
import dev.longshore.base.ManualTime;
import dev.longshore.runtime.ContainerOptions;
import dev.longshore.runtime.ContainerStatus;
import dev.longshore.runtime.NodeRuntime;
import dev.longshore.runtime.RuntimeContract;
import dev.longshore.runtime.internal.LogRotation;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinuxRuntimeTest extends RuntimeContract {

    @TempDir
    static Path directory;

    private static LinuxNode node;
    private static LinuxRuntime runtime;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        node = new LinuxNode(directory);
        runtime = node.runtime();
        runtime.start();
    }

    @AfterAll
    static void leaveNothing() throws IOException, InterruptedException {
        if (runtime != null) {
            runtime.purge();
            Remains.none(node.cluster);
        }
    }

    @Override
    protected NodeRuntime runtime() {
        return runtime;
    }

    @Override
    protected Digest image() {
        return LinuxNode.IMAGE;
    }

    @Override
    protected Path logs() {
        return directory.resolve("logs");
    }

    @Override
    protected List<String> lasting() {
        return List.of("sh", "-c", "trap 'exit 3' USR1; while :; do sleep 0.02; done");
    }

    @Override
    protected void crash(String containerId, int code) {
        assertThat(code).isEqualTo(3);
        // The shell needs a moment to set its trap; before, the first process of a namespace ignores the signal.
        await().until(() -> {
            runtime.containers().signal(containerId, "SIGUSR1");
            return runtime.containers()
                    .status(containerId)
                    .orElseThrow()
                    .exitCode()
                    .isPresent();
        });
    }

    @Test
    void whatAContainerPrintsIsInItsLog() throws Exception {
        String sandbox = runtime.sandboxes().run(sandbox("prints")).id();
        String id = runtime.containers()
                .create(
                        sandbox,
                        container(
                                "main",
                                List.of(
                                        "sh",
                                        "-c",
                                        "echo $GREETING $FROM_IMAGE; hostname; pwd; echo oops >&2; cat /etc/resolv.conf /etc/hosts; id -u")));
        runtime.containers().start(id);
        await().until(() -> status(id).exitCode().isPresent());

        assertThat(status(id).exitCode()).hasValue(0);
        assertThat(status(id).reason()).isEqualTo("Completed");
        assertThat(Files.readString(status(id).logFile()))
                .contains("stdout F hello yes")
                .contains("stdout F prints")
                .contains("stdout F /tmp")
                .contains("stderr F oops")
                .contains("nameserver 10.96.0.10")
                .contains("10.244.0.9\tprints");
        runtime.sandboxes().remove(sandbox);
        assertThat(node.kept).doesNotContainKey(id);
    }

    @Test
    void aStartGoesOnWhenItsCallerIsInterrupted() throws Exception {
        String sandbox = runtime.sandboxes().run(sandbox("interrupted")).id();
        String id = runtime.containers().create(sandbox, container("main", lasting()));

        Thread.currentThread().interrupt();
        runtime.containers().start(id);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(status(id).state()).isEqualTo(ContainerStatus.State.RUNNING);
        runtime.sandboxes().remove(sandbox);
    }

    @Test
    void stoppingGivesTimeToEndAndKillsThen() throws Exception {
        String sandbox = runtime.sandboxes().run(sandbox("graceful")).id();
        String polite = ready(sandbox, "polite", "trap 'echo bye; exit 0' TERM");
        String deaf = ready(sandbox, "deaf", "trap '' TERM");

        runtime.containers().stop(polite, Duration.ofSeconds(20));
        assertThat(status(polite).exitCode()).hasValue(0);
        assertThat(Files.readString(status(polite).logFile())).contains("bye");
        runtime.containers().stop(deaf, Duration.ofMillis(300));
        assertThat(status(deaf).exitCode()).hasValue(137);
        runtime.sandboxes().remove(sandbox);
    }

    private String ready(String sandbox, String name, String trap) throws InterruptedException {
        String id = runtime.containers()
                .create(
                        sandbox,
                        container(name, List.of("sh", "-c", trap + "; echo ready; while :; do sleep 0.02; done")));
        runtime.containers().start(id);
        await().until(() -> Files.readString(status(id).logFile()).contains("ready"));
        return id;
    }

    @Test
    void aLogThatHasGrownIsMovedAsideAndNothingIsLost() throws Exception {
        String sandbox = runtime.sandboxes().run(sandbox("rotates")).id();
        String id = runtime.containers()
                .create(
                        sandbox,
                        container(
                                "main",
                                List.of(
                                        "sh",
                                        "-c",
                                        "i=0; while [ $i -lt 300 ]; do echo line $i; i=$((i+1)); sleep 0.01; done")));
        runtime.containers().start(id);
        Path log = status(id).logFile();
        var time = new ManualTime();
        var rotation = new LogRotation(time, Runnable::run);
        var kept = new ContainerOptions.Log(1000, 100);
        Path bundle = directory.resolve("runtime/containers").resolve(id);
        await().until(() -> {
            time.advance(Duration.ofSeconds(1));
            rotation.check(log, new ConmonControl(bundle)::reopenLog, kept);
            return status(id).exitCode().isPresent();
        });

        List<String> lines;
        try (Stream<Path> parts = Files.list(log.getParent())) {
            List<Path> files = parts.toList();
            assertThat(files).hasSizeGreaterThan(3);
            lines = files.stream().flatMap(LinuxRuntimeTest::lines).toList();
        }
        assertThat(lines).hasSize(300).anyMatch(line -> line.endsWith(" line 0"));
        runtime.sandboxes().remove(sandbox);
    }

    /// Moved files are compressed but for the newest.
    private static Stream<String> lines(Path file) {
        try (InputStream bytes = Files.newInputStream(file);
                InputStream plain = file.toString().endsWith(".gz") ? new GZIPInputStream(bytes) : bytes) {
            return new String(plain.readAllBytes(), StandardCharsets.UTF_8).lines();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
