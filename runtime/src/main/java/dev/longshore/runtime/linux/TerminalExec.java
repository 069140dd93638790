package dev.longshore.runtime.linux;

import dev.longshore.base.Time;
import dev.longshore.linux.PacketSocket;
import dev.longshore.linux.PipedProcess;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.RuntimeFaultException.Kind;
import dev.longshore.runtime.Streams.Resizes;
import dev.longshore.runtime.Streams.Stdio;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// A further process with a terminal of its own, by way of conmon. conmon waits, at a fifo, until the caller has
/// attached, so no output is lost; what it answers, a pid and at the end an exit code, goes to a file.
record TerminalExec(OciRuntime oci, Time time) {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration TURN = Duration.ofMillis(5);

    private static final String RUN = """
            directory=$1 id=$2 session=$3 runtime=$4 root=$5
            cd "$directory" || exit 1
            mkfifo start || exit 1
            exec 5<>start
            _OCI_SYNCPIPE=3 _OCI_ATTACHPIPE=4 _OCI_STARTPIPE=5 conmon --api-version 1 --sync -e --exec-attach \
              --exec-process-spec "$directory/process.json" -t -c "$id" -u "$session" -n "$id" -r "$runtime" \
              --runtime-arg=--root="$root" -b "$directory" -p "$directory/pid" --full-attach \
              -l k8s-file:/dev/null 3>sync 4>attached >/dev/null 2>conmon.err
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
                oci.program().toString(),
                oci.root().toString());
        var words = new ByteArrayOutputStream();
        boolean done = false;
        try (var conmon = PipedProcess.start(line, InputStream.nullInputStream(), OutputStream.nullOutputStream(), words)) {
            done = converse(conmon, directory, stdio, resizes, limit);
            if (!done) {
                throw new RuntimeFaultException(Kind.TIMED_OUT, "command timed out after " + limit.toSeconds() + "s");
            }
        } finally {
            if (!done) {
                LinuxStreams.kill(directory);
            }
        }
        return exitCode(directory, words.toString(StandardCharsets.UTF_8));
    }

    private boolean converse(PipedProcess conmon, Path directory, Stdio stdio, Resizes resizes, Duration limit)
            throws InterruptedException, IOException {
        return true;
    }

    private int exitCode(Path directory, String words) {
        return 0;
    }
}
