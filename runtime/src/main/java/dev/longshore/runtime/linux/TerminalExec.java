package dev.longshore.runtime.linux;

import dev.longshore.linux.PacketSocket;
import dev.longshore.linux.PipedProcess;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.RuntimeFaultException.Kind;
import dev.longshore.runtime.Streams.Resizes;
import dev.longshore.runtime.Streams.Stdio;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A further process with a terminal of its own, by way of conmon. conmon reads a byte from its start pipe
/// before it listens for attachers, and another before it starts the process, so no output is lost. Its
/// answers, the pid and at the end the exit code, go to a file.
record TerminalExec(OciRuntime oci) {

    private static final Duration LAST_WORDS = Duration.ofSeconds(10);

    private static final String RUN = """
            directory=$1 id=$2 session=$3 runtime=$4 root=$5
            cd "$directory" || exit 1
            _OCI_SYNCPIPE=3 _OCI_ATTACHPIPE=4 _OCI_STARTPIPE=5 exec conmon --api-version 1 --sync -e --exec-attach \
              --exec-process-spec "$directory/process.json" -t -c "$id" -u "$session" -n "$id" -r "$runtime" \
              --runtime-arg=--root="$root" --runtime-arg=--log="$directory/log" -b "$directory" -p "$directory/pid" --full-attach \
              -l k8s-file:/dev/null 3>sync 4>&1 5<&0 >/dev/null 2>conmon.err
            """;

    int run(Container container, Path directory, Stdio stdio, Resizes resizes, Duration limit)
            throws InterruptedException, IOException {
        List<String> line = List.of(
                "sh",
                "-c",
                RUN,
                "sh",
                directory.toString(),
                container.id(),
                directory.getFileName().toString(),
                oci.programs().of(container.id()).toString(),
                oci.programs().state(container.id()).toString());
        boolean done = false;
        try (var conmon = PipedProcess.start(line)) {
            go(conmon);
            if (!begins(conmon, limit)) {
                throw new RuntimeFaultException(Kind.CANNOT_START, refusal(directory));
            }
            try (var socket = PacketSocket.connect(directory, "attach")) {
                go(conmon);
                done = new AttachSession(socket, directory).run(stdio, resizes, limit) && conmon.await(LAST_WORDS);
            }
            if (!done) {
                throw new RuntimeFaultException(Kind.TIMED_OUT, "command timed out after " + limit.toSeconds() + "s");
            }
        } finally {
            if (!done) {
                LinuxStreams.kill(directory);
            }
        }
        return exitCode(directory);
    }

    /// Waits for conmon's word that the process is made, within limits: the OCI runtime may hang.
    private boolean begins(PipedProcess conmon, Duration limit) throws InterruptedException {
        var word = new CompletableFuture<Integer>();
        Thread.ofVirtual().name("exec-begins").start(() -> {
            try {
                word.complete(conmon.output().read());
            } catch (IOException closed) {
                word.complete(-1);
            }
        });
        Duration most = limit.compareTo(oci.patience().call()) < 0
                ? limit
                : oci.patience().call();
        try {
            return word.get(most.toMillis(), TimeUnit.MILLISECONDS) >= 0;
        } catch (TimeoutException hung) {
            throw new RuntimeFaultException(Kind.TIMED_OUT, "command timed out after " + most.toSeconds() + "s", hung);
        } catch (ExecutionException impossible) {
            throw new AssertionError("it is completed with a value", impossible);
        }
    }

    private static void go(PipedProcess conmon) throws IOException {
        conmon.input().write('x');
        conmon.input().flush();
    }

    private static int exitCode(Path directory) throws IOException {
        List<String> answers =
                LinuxStreams.text(directory.resolve("sync")).lines().toList();
        return answers.stream()
                .skip(1)
                .findFirst()
                .flatMap(ConmonAnswer::number)
                .filter(code -> code >= 0)
                .orElseThrow(() -> new RuntimeFaultException(Kind.CANNOT_START, refusal(directory)));
    }

    private static String refusal(Path directory) {
        try {
            String answer = LinuxStreams.text(directory.resolve("sync"));
            String words = LinuxStreams.text(directory.resolve("log")).strip();
            return answer.lines()
                    .flatMap(line -> ConmonAnswer.message(line).stream())
                    .findFirst()
                    .orElse(words.isEmpty() ? "the process could not be started" : words);
        } catch (IOException unreadable) {
            return unreadable.getMessage();
        }
    }
}
