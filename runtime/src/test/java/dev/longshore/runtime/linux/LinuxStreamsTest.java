package dev.longshore.runtime.linux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.longshore.linux.Processes;
import dev.longshore.runtime.ContainerSpec;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.Specs;
import dev.longshore.runtime.Streams.Size;
import dev.longshore.runtime.Streams.Stdio;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinuxStreamsTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    @TempDir
    static Path directory;

    private static LinuxNode node;
    private static LinuxRuntime runtime;
    private static String sandbox;
    private static String container;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeAll
    static void start() throws Exception {
        node = new LinuxNode(directory);
        runtime = node.runtime();
        runtime.start();
        sandbox = runtime.sandboxes().run(Specs.sandbox(directory, "streams")).id();
        container = runtime.containers()
                .create(sandbox, Specs.container(LinuxNode.IMAGE, "main", List.of("sleep", "1000")));
        runtime.containers().start(container);
    }

    @AfterAll
    static void leaveNothing() throws Exception {
        if (runtime != null) {
            runtime.purge();
            Remains.none(node.cluster);
        }
    }

    private Stdio stdio(InputStream in) {
        return new Stdio(Optional.of(in), Optional.of(out), Optional.of(err));
    }

    private Stdio stdio() {
        return new Stdio(Optional.empty(), Optional.of(out), Optional.of(err));
    }

    private int exec(Stdio stdio, String... command) throws InterruptedException {
        return runtime.streams().exec(container, List.of(command), false, stdio, Optional::empty, LONG);
    }

    @Test
    void execGivesBothStreamsAndTheCode() throws Exception {
        int code = exec(stdio(), "sh", "-c", "echo $GREETING; echo oops >&2; pwd; exit 5");

        assertThat(code).isEqualTo(5);
        assertThat(out.toString(UTF_8)).isEqualTo("hello\n/tmp\n");
        assertThat(err.toString(UTF_8)).isEqualTo("oops\n");
    }

    @Test
    void execReadsItsInputToTheEnd() throws Exception {
        byte[] much = new byte[1 << 20];

        int code = exec(stdio(new ByteArrayInputStream(much)), "wc", "-c");

        assertThat(code).isZero();
        assertThat(out.toString(UTF_8).strip()).isEqualTo("1048576");
    }

    @Test
    void execOfWhatIsNotThereSaysSo() {
        assertThatThrownBy(() -> exec(stdio(), "nosuchprogram"))
                .isInstanceOf(RuntimeFaultException.class)
                .hasMessageContaining("nosuchprogram")
                .hasMessageContaining("not found");
    }

    @Test
    void execEndsAtItsLimit() throws Exception {
        assertThatThrownBy(() -> runtime.streams()
                        .exec(
                                container,
                                List.of("sleep", "777"),
                                false,
                                stdio(),
                                Optional::empty,
                                Duration.ofMillis(300)))
                .isInstanceOfSatisfying(
                        RuntimeFaultException.class,
                        fault -> assertThat(fault.kind()).isEqualTo(RuntimeFaultException.Kind.TIMED_OUT));
        await().untilAsserted(() -> {
            out.reset();
            exec(stdio(), "ps");
            assertThat(out.toString(UTF_8)).doesNotContain("777");
        });
    }

    @Test
    void execWithATerminalHasASizeAndEchoes() throws Exception {
        var sizes = new ArrayBlockingQueue<Size>(4);
        sizes.put(new Size(132, 43));
        var typed = new PipedOutputStream();
        var in = new PipedInputStream(typed);
        var ended = new CompletableFuture<Integer>();
        Thread.ofVirtual().start(() -> {
            try {
                ended.complete(runtime.streams()
                        .exec(
                                container,
                                List.of(
                                        "sh",
                                        "-c",
                                        "until stty size | grep -q 132; do sleep 0.05; done; stty size; read x; echo got $x; exit 6"),
                                true,
                                new Stdio(Optional.of(in), Optional.of(out), Optional.empty()),
                                () -> Optional.of(sizes.take()),
                                LONG));
            } catch (InterruptedException | RuntimeException failure) {
                ended.completeExceptionally(failure);
            }
        });
        await().until(() -> out.toString(UTF_8).contains("43 132"));
        typed.write("word\n".getBytes(UTF_8));
        typed.flush();

        assertThat(ended.get(20, java.util.concurrent.TimeUnit.SECONDS)).isEqualTo(6);
        assertThat(out.toString(UTF_8)).contains("got word");
    }

    @Test
    void execWithATerminalOfWhatIsNotThereSaysSo() {
        assertThatThrownBy(() -> runtime.streams()
                        .exec(container, List.of("nosuchprogram"), true, stdio(), Optional::empty, LONG))
                .isInstanceOf(RuntimeFaultException.class)
                .hasMessageContaining("nosuchprogram");
    }

    @Test
    void attachJoinsTheFirstProcess() throws Exception {
        ContainerSpec plain = Specs.container(
                LinuxNode.IMAGE, "attached", List.of("sh", "-c", "while read x; do echo got $x; done; echo end"));
        var spec = new ContainerSpec(
                plain.name(),
                0,
                plain.image(),
                plain.command(),
                plain.args(),
                plain.env(),
                Optional.empty(),
                List.of(),
                plain.labels(),
                plain.annotations(),
                plain.resources(),
                plain.security(),
                plain.logFile(),
                Optional.empty(),
                true,
                true,
                false);
        String id = runtime.containers().create(sandbox, spec);
        runtime.containers().start(id);

        runtime.streams()
                .attach(id, false, stdio(new ByteArrayInputStream("one\ntwo\n".getBytes(UTF_8))), Optional::empty);

        assertThat(out.toString(UTF_8)).isEqualTo("got one\ngot two\nend\n");
        await().until(() ->
                runtime.containers().status(id).orElseThrow().exitCode().isPresent());
        assertThat(runtime.containers().status(id).orElseThrow().exitCode()).hasValue(0);
    }

    @Test
    void aPortIsReachedInsideTheSandbox() throws Exception {
        var server = new CompletableFuture<Integer>();
        Thread.ofVirtual().start(() -> {
            try {
                server.complete(exec(stdio(), "nc", "-l", "-p", "7777", "-e", "cat"));
            } catch (InterruptedException | RuntimeException failure) {
                server.completeExceptionally(failure);
            }
        });
        var answer = new ByteArrayOutputStream();
        await().ignoreExceptions().until(() -> {
            runtime.streams()
                    .portForward(sandbox, 7777, new ByteArrayInputStream("question\n".getBytes(UTF_8)), answer);
            return true;
        });

        assertThat(answer.toString(UTF_8)).isEqualTo("question\n");
        assertThat(server.get(10, java.util.concurrent.TimeUnit.SECONDS)).isZero();
        assertThatThrownBy(() -> runtime.streams().portForward(sandbox, 7778, InputStream.nullInputStream(), answer))
                .isInstanceOf(RuntimeFaultException.class)
                .hasMessageContaining("7778");
    }

    @Test
    void anInterruptedExecLeavesNoProcess() throws Exception {
        Thread caller = Thread.ofVirtual()
                .start(() -> assertThatThrownBy(() -> exec(stdio(), "sh", "-c", "echo $$; exec sleep 888"))
                        .isInstanceOf(InterruptedException.class));
        await().until(() -> out.size() > 0);
        caller.interrupt();
        caller.join();

        assertThat(caller.isAlive()).isFalse();
        var check = new ByteArrayOutputStream();
        await().untilAsserted(() -> {
            check.reset();
            exec(new Stdio(Optional.empty(), Optional.of(check), Optional.empty()), "ps");
            assertThat(check.toString(UTF_8)).contains("sleep 1000").doesNotContain("888");
        });
        assertThat(Processes.identify(runtime.containers()
                        .status(container)
                        .orElseThrow()
                        .pid()
                        .orElseThrow()))
                .isPresent();
    }
}
