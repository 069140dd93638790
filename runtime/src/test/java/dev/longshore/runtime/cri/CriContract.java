package dev.longshore.runtime.cri;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.longshore.runtime.ContainerStatus;
import dev.longshore.runtime.RuntimeContract;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.Streams;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What a runtime behind a CRI socket does for a kubelet, whoever's it is.
public abstract class CriContract extends RuntimeContract {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Override
    protected abstract CriRuntime runtime();

    /// A client of `cluster` as a new process would make it, started.
    protected abstract CriRuntime later(String cluster) throws InterruptedException;

    /// The cluster of [#runtime].
    protected abstract String cluster();

    @Override
    protected List<String> lasting() {
        return List.of("sh", "-c", "trap 'exit 3' USR1; while true; do sleep 0.1; done");
    }

    @Override
    protected void crash(String containerId, int code) throws InterruptedException {
        assertThat(code).isEqualTo(3);
        // Until its trap is set, the first process of a namespace ignores the signal.
        String again = "while kill -USR1 1; do sleep 0.05; done";
        try {
            runtime().streams().exec(containerId, List.of("sh", "-c", again), false, silent(), Optional::empty, LIMIT);
        } catch (RuntimeFaultException gone) {
            // The command ends with its container.
            assertThat(gone.kind()).isNotEqualTo(RuntimeFaultException.Kind.TIMED_OUT);
        }
    }

    @Test
    void aContainerLogsIsMeasuredIsSpokenToAndIsFoundAgain() throws Exception {
        String sandbox = runtime().sandboxes().run(sandbox("spoken-to")).id();
        String id = runtime()
                .containers()
                .create(
                        sandbox,
                        container("main", List.of("sh", "-c", "echo $GREETING; nc -l -p 8080 -e cat & sleep 1000")));
        runtime().containers().start(id);

        Path log = status(id).logFile();
        await().untilAsserted(() -> assertThat(Files.readString(log)).contains(" stdout F hello\n"));
        await().untilAsserted(() -> assertThat(runtime().containers().stats(id))
                .hasValueSatisfying(used -> assertThat(used.workingSetBytes()).isPositive()));

        assertThat(exec(id, "echo out; echo err >&2; exit 7", "").toString()).isEqualTo("7 out\n err\n");
        // Its input's end arrives, or it would wait for ever.
        assertThat(exec(id, "wc -c; exit 5", "abc").toString().replaceAll("\\s+", " "))
                .isEqualTo("5 3 ");
        assertThatThrownBy(() ->
                        runtime().streams().exec(id, List.of("/no/such"), false, silent(), Optional::empty, LIMIT))
                .isInstanceOf(RuntimeFaultException.class)
                .hasMessageContainingAll(missingProgram());

        var echoed = new ByteArrayOutputStream();
        runtime().streams().portForward(sandbox, 8080, text("ping"), echoed);
        assertThat(echoed.toString(StandardCharsets.UTF_8)).isEqualTo("ping");

        try (CriRuntime later = later(cluster())) {
            ContainerStatus found = later.containers().list().stream()
                    .filter(container -> container.id().equals(id))
                    .findFirst()
                    .orElseThrow();
            assertThat(found.sandboxId()).isEqualTo(sandbox);
            assertThat(found.spec().labels()).containsEntry("io.kubernetes.container.name", "main");
            assertThat(found.state()).isEqualTo(ContainerStatus.State.RUNNING);
        }
        try (CriRuntime other = later("another")) {
            assertThat(other.containers().list()).isEmpty();
            assertThat(other.sandboxes().list()).isEmpty();
        }
        runtime().sandboxes().remove(sandbox);
    }

    @Test
    void aTerminalHasTheSizeThatItsOwnerSays() throws Exception {
        String sandbox = runtime().sandboxes().run(sandbox("terminal")).id();
        String id = runtime().containers().create(sandbox, container("main", lasting()));
        runtime().containers().start(id);
        var out = new ByteArrayOutputStream();
        var sizes = List.of(new Streams.Size(91, 17)).iterator();

        runtime()
                .streams()
                .exec(
                        id,
                        List.of("sh", "-c", "while [ \"$(stty size)\" != '17 91' ]; do sleep 0.1; done; stty size"),
                        true,
                        new Streams.Stdio(Optional.empty(), Optional.of(out), Optional.empty()),
                        () -> sizes.hasNext() ? Optional.of(sizes.next()) : Optional.empty(),
                        LIMIT);

        assertThat(out.toString(StandardCharsets.UTF_8).strip()).endsWith("17 91");
        runtime().sandboxes().remove(sandbox);
    }

    private Ended exec(String id, String script, String input) throws InterruptedException {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int code = runtime()
                .streams()
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

    /// What is said of a program that is not there.
    protected String missingProgram() {
        return "no such file or directory";
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
