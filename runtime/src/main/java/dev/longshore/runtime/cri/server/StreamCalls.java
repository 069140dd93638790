package dev.longshore.runtime.cri.server;

import com.google.protobuf.ByteString;
import dev.longshore.base.Time;
import dev.longshore.http.grpc.GrpcException;
import dev.longshore.http.grpc.GrpcService;
import dev.longshore.runtime.ContainerStatus;
import dev.longshore.runtime.NodeRuntime;
import dev.longshore.runtime.SandboxStatus;
import dev.longshore.runtime.Streams;
import dev.longshore.runtime.cri.CriMethods;
import dev.longshore.runtime.cri.proto.AttachRequest;
import dev.longshore.runtime.cri.proto.AttachResponse;
import dev.longshore.runtime.cri.proto.ExecRequest;
import dev.longshore.runtime.cri.proto.ExecResponse;
import dev.longshore.runtime.cri.proto.ExecSyncRequest;
import dev.longshore.runtime.cri.proto.ExecSyncResponse;
import dev.longshore.runtime.cri.proto.PortForwardRequest;
import dev.longshore.runtime.cri.proto.PortForwardResponse;
import dev.longshore.runtime.streaming.BoundedOutput;
import dev.longshore.runtime.streaming.Conversations;
import dev.longshore.runtime.streaming.StreamOptions;
import io.grpc.Status;
import java.time.Duration;
import java.util.Optional;

/// Commands in containers, their streams and sandboxes' ports over CRI.
final class StreamCalls {

    /// Both outputs together have to fit into one message.
    private static final int MOST_OUTPUT = (8 << 20) - 4096;

    private static final Duration LONGEST_COMMAND = Duration.ofDays(30);

    private final NodeRuntime runtime;
    private final StreamingServer server;
    private final Ids ids;
    private final Time time;

    StreamCalls(NodeRuntime runtime, StreamingServer server, Ids ids, Time time) {
        this.runtime = runtime;
        this.server = server;
        this.ids = ids;
        this.time = time;
    }

    void offer(GrpcService service) {
        service.unary(CriMethods.EXEC_SYNC, Refusals.told(this::execSync))
                .unary(CriMethods.EXEC, Refusals.told(this::exec))
                .unary(CriMethods.ATTACH, Refusals.told(this::attach))
                .unary(CriMethods.PORT_FORWARD, Refusals.told(this::portForward));
    }

    private ExecSyncResponse execSync(ExecSyncRequest request) throws InterruptedException {
        ContainerStatus container = running(request.getContainerId());
        var out = new BoundedOutput(MOST_OUTPUT);
        var err = new BoundedOutput(MOST_OUTPUT);
        int exitCode = runtime.streams()
                .exec(
                        container.id(),
                        request.getCmdList(),
                        false,
                        new Streams.Stdio(Optional.empty(), Optional.of(out), Optional.of(err)),
                        Optional::empty,
                        Duration.ofSeconds(Math.max(0, request.getTimeout())));
        return ExecSyncResponse.newBuilder()
                .setStdout(ByteString.copyFrom(out.bytes()))
                .setStderr(ByteString.copyFrom(err.bytes()))
                .setExitCode(exitCode)
                .build();
    }

    private ExecResponse exec(ExecRequest request) {
        String id = running(request.getContainerId()).id();
        if (request.getCmdCount() == 0) {
            throw Refusals.invalid("no command to run is named");
        }
        StreamOptions options = options(request.getStdin(), request.getStdout(), request.getStderr(), request.getTty());
        return ExecResponse.newBuilder()
                .setUrl(server.url(
                        StreamingServer.Kind.EXEC,
                        asked -> Conversations.command(
                                asked,
                                options,
                                (stdio, resizes) -> runtime.streams()
                                        .exec(id, request.getCmdList(), options.tty(), stdio, resizes, LONGEST_COMMAND),
                                time)))
                .build();
    }

    private AttachResponse attach(AttachRequest request) {
        ContainerStatus container = running(request.getContainerId());
        // Whether there is a terminal was decided when the container was made.
        boolean hasTty = container.spec().tty();
        StreamOptions options =
                options(request.getStdin(), request.getStdout(), request.getStderr() && !hasTty, request.getTty());
        return AttachResponse.newBuilder()
                .setUrl(server.url(
                        StreamingServer.Kind.ATTACH,
                        asked -> Conversations.command(
                                asked,
                                options,
                                (stdio, resizes) -> {
                                    runtime.streams().attach(container.id(), hasTty, stdio, resizes);
                                    return 0;
                                },
                                time)))
                .build();
    }

    private PortForwardResponse portForward(PortForwardRequest request) {
        SandboxStatus sandbox = ids.sandbox(request.getPodSandboxId());
        if (sandbox.state() != SandboxStatus.State.READY) {
            throw new GrpcException(Status.Code.UNKNOWN, "sandbox \"%s\" is not ready".formatted(sandbox.id()));
        }
        return PortForwardResponse.newBuilder()
                .setUrl(server.url(
                        StreamingServer.Kind.PORT_FORWARD,
                        asked -> Conversations.forward(
                                asked,
                                (port, in, out) -> runtime.streams().portForward(sandbox.id(), port, in, out),
                                sandbox.id(),
                                request.getPortList())))
                .build();
    }

    private ContainerStatus running(String id) {
        ContainerStatus container = ids.container(id);
        if (container.state() != ContainerStatus.State.RUNNING) {
            throw new GrpcException(Status.Code.UNKNOWN, "container \"%s\" is not running".formatted(container.id()));
        }
        return container;
    }

    private static StreamOptions options(boolean stdin, boolean stdout, boolean stderr, boolean tty) {
        if (tty && stderr) {
            throw Refusals.invalid("tty and stderr cannot both be true");
        }
        if (!stdin && !stdout && !stderr) {
            throw Refusals.invalid("one of stdin, stdout, or stderr must be set");
        }
        return new StreamOptions(stdin, stdout, stderr, tty);
    }
}
