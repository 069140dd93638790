package dev.longshore.kubelet.probes;

import static java.util.Objects.requireNonNull;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.Streams;
import io.fabric8.kubernetes.api.model.ExecAction;
import io.fabric8.kubernetes.api.model.SleepAction;
import io.fabric8.kubernetes.api.model.TCPSocketAction;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/// Acts from this node: over its network, or through the runtime into the container.
public final class NodeActions implements Actions {

    private static final int KEPT_OUTPUT = 10 * 1024;

    private final Streams streams;
    private final Time time;
    private final HttpProbe http;

    /// Commands run through `streams`.
    public NodeActions(Streams streams, Time time) {
        this.streams = requireNonNull(streams, "streams");
        this.time = requireNonNull(time, "time");
        this.http = new HttpProbe(time);
    }

    @Override
    public Verdict run(Action action, Target target, Duration limit) throws InterruptedException {
        try {
            return switch (action) {
                case Action.Exec(var spec) -> exec(spec, target, limit);
                case Action.HttpGet(var spec) -> http.get(spec, target, limit);
                case Action.TcpSocket(var spec) -> connect(spec, target, limit);
                case Action.Grpc(var spec) -> GrpcProbe.check(spec, target, limit);
                case Action.Sleep(var spec) -> sleep(spec, limit);
            };
        } catch (NoSuchPortException unknown) {
            return Verdict.unknown(unknown.getMessage());
        }
    }

    @Override
    public Verdict tell(Action action, Target target, Duration limit) throws InterruptedException {
        try {
            return switch (action) {
                case Action.Exec(var spec) -> tell(spec, target, limit);
                case Action.HttpGet(var spec) -> http.tell(spec, target, limit);
                case Action.Sleep(var spec) -> sleep(spec, limit);
                // The API takes it for compatibility and documents that it fails when it is run.
                case Action.TcpSocket(var spec) -> Verdict.failure("invalid handler: tcpSocket");
                case Action.Grpc(var spec) -> Verdict.failure("invalid handler: grpc");
            };
        } catch (NoSuchPortException unknown) {
            return Verdict.failure(unknown.getMessage());
        }
    }

    private Verdict sleep(SleepAction spec, Duration limit) throws InterruptedException {
        Duration asked = Duration.ofSeconds(spec.getSeconds() == null ? 0 : spec.getSeconds());
        time.sleep(asked.compareTo(limit) > 0 ? limit : asked);
        return Verdict.success("");
    }

    private Verdict exec(ExecAction spec, Target target, Duration limit) throws InterruptedException {
        var output = new Kept();
        try {
            int exitCode = streams.exec(
                    target.containerId(),
                    spec.getCommand(),
                    false,
                    new Streams.Stdio(Optional.empty(), Optional.of(output), Optional.of(output)),
                    Optional::empty,
                    limit);
            return exitCode == 0 ? Verdict.success(output.text()) : Verdict.failure(output.text());
        } catch (RuntimeFaultException failure) {
            return failure.kind() == RuntimeFaultException.Kind.TIMED_OUT
                    ? Verdict.failure("command timed out: \"%s\" timed out after %ds"
                            .formatted(String.join(" ", spec.getCommand()), limit.toSeconds()))
                    : Verdict.unknown(failure.getMessage());
        }
    }

    /// Says more about a failure than a probe does: this goes into the container's state.
    private Verdict tell(ExecAction spec, Target target, Duration limit) throws InterruptedException {
        var out = new Kept();
        var err = new Kept();
        String command = String.join(" ", spec.getCommand());
        String error;
        try {
            int exitCode = streams.exec(
                    target.containerId(),
                    spec.getCommand(),
                    false,
                    new Streams.Stdio(Optional.empty(), Optional.of(out), Optional.of(err)),
                    Optional::empty,
                    limit);
            if (exitCode == 0) {
                return Verdict.success("");
            }
            error = "command '%s' exited with %d: %s".formatted(command, exitCode, err.text());
        } catch (RuntimeFaultException failure) {
            error = failure.getMessage();
        }
        return Verdict.failure(
                "%s, message: %s".formatted(error, Json.mapper().writeValueAsString(out.text() + err.text())));
    }

    private static Verdict connect(TCPSocketAction spec, Target target, Duration limit) {
        int port = target.port(spec.getPort());
        String host = spec.getHost() == null || spec.getHost().isEmpty() ? target.address() : spec.getHost();
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), Math.toIntExact(limit.toMillis()));
            return Verdict.success("");
        } catch (IOException refused) {
            return Verdict.failure("dial tcp %s:%d: %s".formatted(host, port, HttpProbe.words(refused)));
        }
    }

    /// The first 10 KiB of what is written.
    private static final class Kept extends OutputStream {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        @Override
        public synchronized void write(int b) {
            if (bytes.size() < KEPT_OUTPUT) {
                bytes.write(b);
            }
        }

        @Override
        public synchronized void write(byte[] from, int offset, int length) {
            bytes.write(from, offset, Math.min(length, KEPT_OUTPUT - bytes.size()));
        }

        synchronized String text() {
            return bytes.toString(StandardCharsets.UTF_8);
        }
    }
}
