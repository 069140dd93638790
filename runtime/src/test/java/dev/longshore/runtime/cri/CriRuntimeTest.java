package dev.longshore.runtime.cri;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.longshore.base.Digest;
import dev.longshore.linux.Cgroups;
import dev.longshore.runtime.ContainerStatus;
import dev.longshore.runtime.NodeRuntime;
import dev.longshore.runtime.RuntimeContract;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.Streams;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Another runtime behind its socket is as good as ours: Debian's containerd.
class CriRuntimeTest extends RuntimeContract {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String CLUSTER = "t" + Long.toString(System.nanoTime() & 0xffffff, 36);

    private static Containerd containerd;
    private static CriRuntime runtime;

    @TempDir
    private static Path directory;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        containerd = Containerd.start(directory);
        runtime = containerd.runtime(CLUSTER);
    }

    @AfterAll
    static void stop() throws InterruptedException, IOException {
        if (containerd != null) {
            containerd.closeAfter(runtime);
            Cgroups groups = Cgroups.detect();
            String own = "longshore-" + CLUSTER;
            assertThat(groups.children(own + "/kubepods/besteffort")).isEmpty();
            // In a cluster these are our own runtime's as well, and go with it.
            groups.remove(own);
            removeUnified(Path.of("/sys/fs/cgroup/unified", own));
        }
    }

    /// On a hybrid host runc makes groups there too, which limit nothing.
    private static void removeUnified(Path group) throws IOException {
        if (Files.exists(group)) {
            List<Path> groups;
            try (var tree = Files.walk(group)) {
                groups = tree.filter(Files::isDirectory).toList();
            }
            for (Path empty : groups.reversed()) {
                Files.delete(empty);
            }
        }
    }

    @Override
    protected NodeRuntime runtime() {
        return runtime;
    }

    @Override
    protected Digest image() {
        return runtime.images().status(Containerd.IMAGE).orElseThrow().id();
    }

    @Override
    protected Path logs() {
        return directory.resolve("logs");
    }

    @Override
    protected List<String> lasting() {
        return List.of("sh", "-c", "trap 'exit 3' USR1; while true; do sleep 0.1; done");
    }

    @Override
    protected void crash(String containerId, int code) throws InterruptedException {
        assertThat(code).isEqualTo(3);
        runtime.streams()
                .exec(containerId, List.of("sh", "-c", "kill -USR1 1"), false, silent(), Optional::empty, LIMIT);
    }

    @Test
    void saysWhoItIsAndThatItIsReady() {
        assertThat(runtime.version()).startsWith("containerd ");
        assertThat(runtime.readiness().runtimeReady()).isTrue();
        assertThat(runtime.readiness().networkReady()).isTrue();
    }

    @Test
    void aContainerLogsIsMeasuredIsSpokenToAndIsFoundAgain() throws Exception {
        String sandbox = runtime.sandboxes().run(sandbox("spoken-to")).id();
        String id = runtime.containers()
                .create(
                        sandbox,
                        container("main", List.of("sh", "-c", "echo $GREETING; nc -l -p 8080 -e cat & sleep 1000")));
        runtime.containers().start(id);

        Path log = status(id).logFile();
        await().untilAsserted(() -> assertThat(Files.readString(log)).contains(" stdout F hello\n"));
        await().untilAsserted(() -> assertThat(runtime.containers().stats(id))
                .hasValueSatisfying(used -> assertThat(used.workingSetBytes()).isPositive()));

        assertThat(exec(id, "echo out; echo err >&2; exit 7", "").toString()).isEqualTo("7 out\n err\n");
        // Its input's end arrives, or it would wait for ever.
        assertThat(exec(id, "wc -c; exit 5", "abc").toString().replaceAll("\\s+", " "))
                .isEqualTo("5 3 ");
        assertThatThrownBy(
                        () -> runtime.streams().exec(id, List.of("/no/such"), false, silent(), Optional::empty, LIMIT))
                .isInstanceOf(RuntimeFaultException.class)
                .hasMessageContaining("no such file or directory");

        var echoed = new ByteArrayOutputStream();
        runtime.streams().portForward(sandbox, 8080, text("ping"), echoed);
        assertThat(echoed.toString(StandardCharsets.UTF_8)).isEqualTo("ping");

        try (CriRuntime later = containerd.runtime(CLUSTER)) {
            ContainerStatus found = later.containers().list().stream()
                    .filter(container -> container.id().equals(id))
                    .findFirst()
                    .orElseThrow();
            assertThat(found.sandboxId()).isEqualTo(sandbox);
            assertThat(found.spec().labels()).containsEntry("io.kubernetes.container.name", "main");
            assertThat(found.state()).isEqualTo(ContainerStatus.State.RUNNING);
        }
        try (CriRuntime other = containerd.runtime("another")) {
            assertThat(other.containers().list()).isEmpty();
            assertThat(other.sandboxes().list()).isEmpty();
        }
        runtime.sandboxes().remove(sandbox);
    }

    @Test
    void aTerminalHasTheSizeThatItsOwnerSays() throws Exception {
        String sandbox = runtime.sandboxes().run(sandbox("terminal")).id();
        String id = runtime.containers().create(sandbox, container("main", lasting()));
        runtime.containers().start(id);
        var out = new ByteArrayOutputStream();
        var sizes = List.of(new Streams.Size(91, 17)).iterator();

        runtime.streams()
                .exec(
                        id,
                        List.of("sh", "-c", "while [ \"$(stty size)\" != '17 91' ]; do sleep 0.1; done; stty size"),
                        true,
                        new Streams.Stdio(Optional.empty(), Optional.of(out), Optional.empty()),
                        () -> sizes.hasNext() ? Optional.of(sizes.next()) : Optional.empty(),
                        LIMIT);

        assertThat(out.toString(StandardCharsets.UTF_8).strip()).endsWith("17 91");
        runtime.sandboxes().remove(sandbox);
    }

    private static Ended exec(String id, String script, String input) throws InterruptedException {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int code = runtime.streams()
                .exec(
                        id,
                        List.of("sh", "-c", script),
                        false,
                        new Streams.Stdio(
                                input.isEmpty() ? Optional.empty() : Optional.of(text(input)),
                                Optional.of(out),
                                Optional.of(err)),
                        Optional::empty,
                        LIMIT);
        return new Ended(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private static ByteArrayInputStream text(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Streams.Stdio silent() {
        return new Streams.Stdio(Optional.empty(), Optional.empty(), Optional.empty());
    }

    private record Ended(int code, String out, String err) {
        @Override
        public String toString() {
            return code + " " + out + (err.isEmpty() ? "" : " " + err);
        }
    }
}
