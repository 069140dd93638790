package dev.longshore.runtime.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.longshore.linux.Cgroups;
import dev.longshore.linux.CommandTimedOutException;
import dev.longshore.linux.HostTools;
import dev.longshore.linux.Processes;
import dev.longshore.runtime.ContainerStatus.State;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.RuntimeFaultException.Kind;
import dev.longshore.runtime.Specs;
import dev.longshore.runtime.Streams;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What hangs costs the call that waits for it, for a limited time, and nothing else. The OCI runtime is crun behind a
/// script that hangs at the words for which there is a file `hang WORD`.
class HungCallsTest {

    private static final List<String> LASTING = List.of("sleep", "1000");
    private static final Patience SHORT =
            new Patience(Duration.ofSeconds(3), Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofMillis(500));

    @TempDir
    static Path directory;

    private static LinuxNode node;
    private static LinuxRuntime runtime;
    private static String sandbox;

    @BeforeAll
    static void start() throws Exception {
        node = new LinuxNode(directory);
        Path crun = new HostTools(node.commands).find("crun").orElseThrow();
        Path script = Files.writeString(directory.resolve("crun"), """
                #!/bin/sh
                for word in "$@"; do
                  while [ -e "%s/hang $word" ]; do sleep 0.1; done
                done
                exec %s "$@"
                """.formatted(directory, crun));
        node.commands.require("chmod", "755", script.toString());
        runtime = node.runtime(Map.of("crun", script), SHORT);
        runtime.start();
        sandbox = runtime.sandboxes().run(Specs.sandbox(directory, "hung")).id();
    }

    @AfterEach
    void goOn() throws IOException {
        for (String word : List.of("create", "exec", "delete", "--version")) {
            Files.deleteIfExists(hang(word));
        }
    }

    @AfterAll
    static void leaveNothing() throws Exception {
        if (runtime != null) {
            runtime.purge();
            Remains.none(node.cluster);
        }
    }

    private static Path hang(String word) {
        return directory.resolve("hang " + word);
    }

    private static void hangAt(String word) throws IOException {
        Files.createFile(hang(word));
    }

    private static String running(List<String> command) throws InterruptedException {
        String id = runtime.containers().create(sandbox, Specs.container(LinuxNode.IMAGE, "c", command));
        runtime.containers().start(id);
        return id;
    }

    private static State state(String id) {
        return runtime.containers().status(id).orElseThrow().state();
    }

    private static List<Integer> processesThatSpeakOf(String word) {
        return ProcessHandle.allProcesses()
                .filter(process -> Processes.identify((int) process.pid())
                        .map(Processes::commandLine)
                        .filter(line -> line.contains(word))
                        .isPresent())
                .map(process -> (int) process.pid())
                .toList();
    }

    @Test
    void aStartThatHangsEndsInAnErrorAndNothingOfItGoesOn() throws Exception {
        hangAt("create");
        String id = runtime.containers().create(sandbox, Specs.container(LinuxNode.IMAGE, "c", LASTING));

        assertThatThrownBy(() -> runtime.containers().start(id))
                .isInstanceOf(RuntimeFaultException.class)
                .hasMessage("context deadline exceeded");

        assertThat(state(id)).isEqualTo(State.EXITED);
        await().until(() -> processesThatSpeakOf(id).isEmpty());
        Files.delete(hang("create"));
        String next = running(LASTING);
        assertThat(state(next)).isEqualTo(State.RUNNING);
        runtime.containers().remove(id);
        runtime.containers().remove(next);
    }

    @Test
    void anExecThatHangsIsEndedByItsLimit() throws Exception {
        String id = running(LASTING);
        hangAt("exec");

        for (boolean tty : List.of(false, true)) {
            assertThatThrownBy(() -> runtime.streams()
                            .exec(
                                    id,
                                    new Streams.Exec(List.of("true"), tty, List.of(), "", "", false),
                                    new Streams.Stdio(Optional.empty(), Optional.empty(), Optional.empty()),
                                    Optional::empty,
                                    Duration.ofSeconds(1)))
                    .isInstanceOfSatisfying(
                            RuntimeFaultException.class,
                            late -> assertThat(late.kind()).isEqualTo(Kind.TIMED_OUT))
                    .hasMessage("command timed out after 1s");
        }
        assertThat(state(id)).isEqualTo(State.RUNNING);
        Files.delete(hang("exec"));
        runtime.containers().remove(id);
    }

    @Test
    void aRemovalThatHangsIsTriedAgain() throws Exception {
        String id = running(LASTING);
        hangAt("delete");

        assertThatThrownBy(() -> runtime.containers().remove(id)).isInstanceOf(CommandTimedOutException.class);
        Files.delete(hang("delete"));
        runtime.containers().remove(id);

        assertThat(runtime.containers().status(id)).isEmpty();
        assertThat(directory.resolve("runtime/containers").resolve(id)).doesNotExist();
    }

    @Test
    void anOciRuntimeThatDoesNotAnswerIsNoRuntime() throws Exception {
        LinuxRuntime other = node.runtime(Map.of("crun", directory.resolve("crun")), SHORT);
        assertThat(other.readiness().runtimeReady()).isTrue();
        hangAt("--version");

        assertThatThrownBy(node.runtime(Map.of("crun", directory.resolve("crun")), SHORT)::readiness)
                .isInstanceOf(RuntimeFaultException.class)
                .hasMessageStartingWith("the OCI runtime does not answer: ");
    }

    @Test
    void aMonitorThatIsStoppedDoesNotHideTheEndOfItsContainer() throws Exception {
        String id = running(List.of("sh", "-c", "trap 'exit 7' USR1; echo ready; while :; do sleep 0.02; done"));
        Path log = runtime.containers().status(id).orElseThrow().logFile();
        await().until(() -> Files.readString(log).contains("ready"));
        var monitor =
                ContainerStarts.identity(directory.resolve("runtime/containers").resolve(id), "conmon.pid");
        Processes.signal(monitor, Processes.signalNumber("STOP"));

        runtime.containers().signal(id, "USR1");

        await().atMost(Duration.ofSeconds(20)).until(() -> state(id) == State.EXITED);
        assertThat(runtime.containers().status(id).orElseThrow().exitCode()).hasValue(7);
        await().until(() -> !Processes.isAlive(monitor));
        runtime.containers().remove(id);
    }

    /// As a process in an uninterruptible wait: no signal ends it.
    @Test
    void aContainerThatCannotDieHoldsUpNoOther() throws Exception {
        String stuck = running(LASTING);
        String other = running(LASTING);
        runtime.containers().pause(stuck);

        assertThatThrownBy(() -> runtime.containers().stop(stuck, Duration.ofMillis(100)))
                .isInstanceOfSatisfying(
                        RuntimeFaultException.class,
                        late -> assertThat(late.kind()).isEqualTo(Kind.TIMED_OUT))
                .hasMessage("container " + stuck + " does not end");
        runtime.containers().stop(other, Duration.ofMillis(100));
        assertThat(state(other)).isEqualTo(State.EXITED);
        assertThat(state(stuck)).isEqualTo(State.RUNNING);
        assertThat(runtime.readiness().runtimeReady()).isTrue();

        runtime.containers().resume(stuck);
        await().until(() -> state(stuck) == State.EXITED);
        runtime.containers().remove(stuck);
        assertThat(Cgroups.detect().processes("longshore-" + node.cluster + "/pods/" + sandbox + "/" + stuck))
                .isEmpty();
    }
}
