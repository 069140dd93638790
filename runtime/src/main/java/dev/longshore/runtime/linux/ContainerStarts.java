package dev.longshore.runtime.linux;

import dev.longshore.base.Time;
import dev.longshore.linux.CommandFailedException;
import dev.longshore.linux.CommandTimedOutException;
import dev.longshore.linux.Commands.Result;
import dev.longshore.linux.Processes;
import dev.longshore.runtime.ContainerOptions;
import dev.longshore.runtime.ContainerSpec;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.linux.ContainerFacts.Started;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Starts containers, and writes down that they are started or why they cannot be. A start is never left half
/// done: it goes on when its caller is interrupted, and one whose process was killed is finished by the next.
final class ContainerStarts {

    private static final Logger log = LoggerFactory.getLogger(ContainerStarts.class);
    private static final int REFUSED = 100;
    // As a kubelet hears it of a runtime that is too slow.
    private static final String LATE = "context deadline exceeded";
    private static final Duration SHELL_LIMIT = Duration.ofSeconds(10);
    private static final Duration SHELL_LOOK = Duration.ofMillis(20);

    private final NodeState state;
    private final OciRuntime oci;
    private final MappedRoots roots;
    private final Time time;

    ContainerStarts(NodeState state, OciRuntime oci, MappedRoots roots, Time time) {
        this.state = state;
        this.oci = oci;
        this.roots = roots;
        this.time = time;
    }

    /// Starts it, whatever interrupts; the interrupt is there again when this returns. `whenCreated` is run
    /// between its creation and the word to begin.
    Started start(Container container, Optional<Runnable> whenCreated) {
        var outcome = new CompletableFuture<Started>();
        Thread worker = Thread.ofVirtual().name("container-start").start(() -> run(container, whenCreated, outcome));
        boolean interrupted = false;
        while (worker.isAlive()) {
            try {
                worker.join();
            } catch (InterruptedException later) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return outcome.join();
    }

    private void run(Container container, Optional<Runnable> whenCreated, CompletableFuture<Started> outcome) {
        try {
            outcome.complete(attempt(container, whenCreated));
        } catch (RuntimeException | Error failure) {
            outcome.completeExceptionally(failure);
        } catch (InterruptedException impossible) {
            outcome.completeExceptionally(new AssertionError("nobody knows this thread", impossible));
        }
    }

    private Started attempt(Container container, Optional<Runnable> whenCreated) throws InterruptedException {
        Path directory = state.paths().container(container.id());
        Result result = launch(container, directory, whenCreated.isPresent());
        if (result.exitCode() == 0 && whenCreated.isPresent()) {
            whenCreated.get().run();
            result = release(container.id());
        }
        Started started = result.exitCode() == 0
                ? new Started(time.now(), identity(directory, "pid"), identity(directory, "conmon.pid"), "")
                : new Started(time.now(), Started.NOBODY, Started.NOBODY, refusal(directory, result));
        if (!started.failure().isEmpty()) {
            forget(container.id());
        }
        StateFile.write(directory.resolve("started.json"), started);
        return started;
    }

    private Result launch(Container container, Path directory, boolean held) throws InterruptedException {
        try {
            return roots.around(
                    container,
                    directory,
                    root -> oci.start(
                            directory,
                            held,
                            container.id(),
                            sharedMemory(container),
                            root,
                            state.paths().exits(),
                            log(container),
                            flags(container.created().spec())));
        } catch (CommandTimedOutException hung) {
            return new Result(1, "", LATE);
        } catch (CommandFailedException | RuntimeFaultException stuck) {
            return new Result(1, "", stuck.getMessage());
        }
    }

    private Result release(String id) throws InterruptedException {
        try {
            return oci.release(id);
        } catch (CommandTimedOutException hung) {
            return new Result(1, "", LATE);
        }
    }

    // Nothing of it may begin later, when whatever hung goes on.
    private void forget(String id) throws InterruptedException {
        oci.abandon(id);
        try {
            oci.kill(id);
        } catch (CommandFailedException hung) {
            log.warn("the OCI runtime does not let go of container {}: {}", id, hung.getMessage());
        }
    }

    private OciRuntime.SharedMemory sharedMemory(Container container) {
        ContainerOptions.Namespaces wanted =
                container.created().spec().options().namespaces();
        String sandboxId = wanted.ipcOf().orElse(container.created().sandboxId());
        String directory = state.sandbox(sandboxId).facts().spec().hostIpc()
                ? ""
                : new SandboxFiles(state.paths().sandbox(sandboxId))
                        .sharedMemory()
                        .toString();
        return OciRuntime.SharedMemory.at(directory, wanted.sharedMemoryBytes());
    }

    private static String log(Container container) {
        return container.created().spec().options().log().files() == 0 ? "none" : "k8s-file:" + container.logFile();
    }

    private static List<String> flags(ContainerSpec spec) {
        var flags = new ArrayList<String>();
        if (spec.stdin()) {
            flags.add("-i");
            if (!spec.stdinOnce()) {
                flags.add("--leave-stdin-open");
            }
        }
        if (spec.tty()) {
            flags.add("-t");
        }
        return flags;
    }

    private static String refusal(Path directory, Result result) {
        String words = result.err().strip();
        if (result.exitCode() == REFUSED) {
            words = ConmonAnswer.message(text(directory.resolve("sync")))
                    .orElseGet(() -> text(directory.resolve("conmon.err")).strip());
        }
        return words.isEmpty() ? "the OCI runtime ended with status " + result.exitCode() : words;
    }

    /// What is written about the start of container `id`. When its maker was killed before it could write,
    /// there is a pid only: then the process may still wait for the word to begin, which is harmless to give
    /// twice.
    Optional<Started> recall(String id) throws InterruptedException {
        Path directory = state.paths().container(id);
        Optional<Started> written = StateFile.read(directory.resolve("started.json"), Started.class);
        if (written.isPresent()) {
            return written;
        }
        awaitShell(directory);
        var process = identity(directory, "pid");
        if (process.equals(Started.NOBODY)) {
            return Optional.empty();
        }
        oci.release(id);
        return Optional.of(new Started(time.now(), process, identity(directory, "conmon.pid"), ""));
    }

    /// Waits for the shell that starts the container, which goes on when its maker is killed; one that hangs is
    /// ended.
    private void awaitShell(Path directory) throws InterruptedException {
        var shell = identity(directory, "starting");
        Instant limit = time.now().plus(SHELL_LIMIT);
        while (isShellOf(shell, directory) && time.now().isBefore(limit)) {
            time.sleep(SHELL_LOOK);
        }
        if (isShellOf(shell, directory)) {
            Processes.signal(shell, Processes.signalNumber("KILL"));
        }
    }

    // Its number may long be somebody else's.
    private static boolean isShellOf(Processes.Identity process, Path directory) {
        try {
            return process.startTicks() != 0
                    && Processes.isAlive(process)
                    && text(Path.of("/proc", Integer.toString(process.pid()), "cmdline"))
                            .contains(directory.toString());
        } catch (UncheckedIOException ended) {
            return false;
        }
    }

    /// The process whose pid a file holds; one that has ended already keeps its pid and no start time.
    static Processes.Identity identity(Path directory, String file) {
        String pid = text(directory.resolve(file)).strip();
        if (!pid.matches("[0-9]{1,9}")) {
            return Started.NOBODY;
        }
        int number = Integer.parseInt(pid);
        return Processes.identify(number).orElse(new Processes.Identity(number, 0));
    }

    private static String text(Path file) {
        try {
            return LinuxStreams.text(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
