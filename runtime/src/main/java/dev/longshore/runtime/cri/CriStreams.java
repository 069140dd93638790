package dev.longshore.runtime.cri;

import dev.longshore.base.Json;
import dev.longshore.http.Headers;
import dev.longshore.http.HttpDialer;
import dev.longshore.http.SpdyClient;
import dev.longshore.http.SpdyStream;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.RuntimeFaultException.Kind;
import dev.longshore.runtime.Streams;
import dev.longshore.runtime.cri.proto.AttachRequest;
import dev.longshore.runtime.cri.proto.ExecRequest;
import dev.longshore.runtime.cri.proto.ExecSyncRequest;
import dev.longshore.runtime.cri.proto.ExecSyncResponse;
import dev.longshore.runtime.cri.proto.PortForwardRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Streams of a runtime behind a socket: it answers with the address of its streaming server, which is asked over
/// SPDY, since only that says where a standard input ends.
final class CriStreams implements Streams {

    private static final Logger log = LoggerFactory.getLogger(CriStreams.class);
    private static final int MOST_REFUSAL = 4 << 10;

    /// A command that takes longer than this is somebody's session, whose output must not be collected.
    private static final Duration LONGEST_AT_ONCE = Duration.ofHours(1);

    private final CriConnection cri;

    CriStreams(CriConnection cri) {
        this.cri = cri;
    }

    @Override
    public int exec(String containerId, Exec exec, Stdio stdio, Resizes resizes, Duration limit)
            throws InterruptedException {
        if (!exec.env().isEmpty()
                || !exec.user().isEmpty()
                || !exec.workingDirectory().isEmpty()) {
            throw new RuntimeFaultException(Kind.FAILED, "a runtime behind CRI runs commands only as the container");
        }
        if (stdio.in().isEmpty() && !exec.tty() && limit.compareTo(LONGEST_AT_ONCE) <= 0) {
            return atOnce(containerId, exec.command(), stdio, limit);
        }
        String url = cri.call(
                        CriMethods.EXEC,
                        ExecRequest.newBuilder()
                                .setContainerId(containerId)
                                .addAllCmd(exec.command())
                                .setTty(exec.tty())
                                .setStdin(stdio.in().isPresent())
                                .setStdout(stdio.out().isPresent())
                                .setStderr(!exec.tty() && stdio.err().isPresent())
                                .build())
                .getUrl();
        return exitCode(converse(url, exec.tty(), stdio, resizes));
    }

    @Override
    public void attach(String containerId, boolean tty, Stdio stdio, Resizes resizes) throws InterruptedException {
        String url = cri.call(
                        CriMethods.ATTACH,
                        AttachRequest.newBuilder()
                                .setContainerId(containerId)
                                .setTty(tty)
                                .setStdin(stdio.in().isPresent())
                                .setStdout(stdio.out().isPresent())
                                .setStderr(!tty && stdio.err().isPresent())
                                .build())
                .getUrl();
        byte[] end = converse(url, tty, stdio, resizes);
        // Who has only looked on may be left without a word when the process ends.
        if (end.length > 0) {
            exitCode(end);
        }
    }

    /// Without knowledge of a terminal, and without the promise that nothing is missed: CRI attaches to what runs.
    @Override
    public Attachment join(String containerId) {
        return new Attachment() {
            @Override
            public void run(Stdio stdio, Resizes resizes) throws InterruptedException {
                attach(containerId, false, stdio, resizes);
            }

            @Override
            public void close() {
                // Nothing is held before it runs.
            }
        };
    }

    @Override
    public void resize(String containerId, Size size) {
        throw new RuntimeFaultException(Kind.FAILED, "CRI resizes only terminals that are attached");
    }

    @Override
    public void portForward(String sandboxId, int port, InputStream in, OutputStream out) throws InterruptedException {
        String url = cri.call(
                        CriMethods.PORT_FORWARD,
                        PortForwardRequest.newBuilder()
                                .setPodSandboxId(sandboxId)
                                .addPort(port)
                                .build())
                .getUrl();
        try (SpdyClient client = dial(url, "portforward.k8s.io")) {
            Headers common = Headers.of("port", String.valueOf(port), "requestid", "0");
            SpdyStream error = client.open(common.with("streamtype", "error"));
            SpdyStream data = client.open(common.with("streamtype", "data"));
            error.out().close();
            Thread sender = Thread.ofVirtual().name("cri-forward-in").start(() -> CriPump.send(in, data.out()));
            try {
                CriPump.receive(data.in(), out);
                String complaint =
                        new String(error.in().readNBytes(MOST_REFUSAL), java.nio.charset.StandardCharsets.UTF_8);
                if (!complaint.isEmpty()) {
                    throw new RuntimeFaultException(Kind.FAILED, complaint);
                }
            } finally {
                sender.interrupt();
            }
        } catch (IOException broken) {
            throw broken("the forwarded connection", broken);
        }
    }

    private int atOnce(String containerId, List<String> command, Stdio stdio, Duration limit)
            throws InterruptedException {
        long seconds = Math.max(1, limit.plusMillis(999).toSeconds());
        ExecSyncResponse done = cri.call(
                CriMethods.EXEC_SYNC,
                ExecSyncRequest.newBuilder()
                        .setContainerId(containerId)
                        .addAllCmd(command)
                        .setTimeout(seconds)
                        .build(),
                // The runtime's own limit comes first.
                limit.plus(Duration.ofSeconds(30)),
                Kind.CANNOT_START);
        try {
            if (stdio.out().isPresent()) {
                done.getStdout().writeTo(stdio.out().get());
                stdio.out().get().flush();
            }
            if (stdio.err().isPresent()) {
                done.getStderr().writeTo(stdio.err().get());
                stdio.err().get().flush();
            }
        } catch (IOException gone) {
            throw broken("whoever reads the output", gone);
        }
        return done.getExitCode();
    }

    /// The subprotocol of remote commands, version 4: a stream each for what is wanted, and one that says how it
    /// ended: that is returned, empty when nothing was said.
    private byte[] converse(String url, boolean tty, Stdio stdio, Resizes resizes) throws InterruptedException {
        try (SpdyClient client = dial(url, "v4.channel.k8s.io");
                var pump = new CriPump()) {
            SpdyStream error = client.open(type("error"));
            error.out().close();
            if (stdio.in().isPresent()) {
                SpdyStream stdin = client.open(type("stdin"));
                pump.aside(() -> CriPump.send(stdio.in().get(), stdin.out()));
            }
            if (stdio.out().isPresent()) {
                SpdyStream stdout = client.open(type("stdout"));
                pump.awaited(() -> CriPump.receive(stdout.in(), stdio.out().get()));
            }
            if (!tty && stdio.err().isPresent()) {
                SpdyStream stderr = client.open(type("stderr"));
                pump.awaited(() -> CriPump.receive(stderr.in(), stdio.err().get()));
            }
            if (tty) {
                SpdyStream sizes = client.open(type("resize"));
                pump.aside(() -> resize(resizes, sizes.out()));
            }
            byte[] end = lastWords(error.in());
            pump.await();
            return end;
        } catch (IOException broken) {
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedException();
            }
            throw broken("the runtime's stream", broken);
        }
    }

    /// Servers that have said all reset their streams, which is then no failure.
    private static byte[] lastWords(InputStream in) throws InterruptedException {
        var words = new ByteArrayOutputStream();
        try {
            in.transferTo(words);
        } catch (IOException reset) {
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedException();
            }
            log.debug("the runtime's last stream was reset", reset);
        }
        return words.toByteArray();
    }

    private static void resize(Resizes resizes, OutputStream out) throws IOException {
        try {
            for (var size = resizes.next(); size.isPresent(); size = resizes.next()) {
                out.write(Json.bytes(Json.object()
                        .put("Width", size.get().columns())
                        .put("Height", size.get().rows())));
                out.flush();
            }
        } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
        }
    }

    private static int exitCode(byte[] end) {
        if (end.length == 0) {
            throw new RuntimeFaultException(Kind.FAILED, "the runtime ended the conversation without saying how");
        }
        var status = Json.parse(end);
        if (!status.path("status").asString("Success").equals("Failure")) {
            return 0;
        }
        for (var cause : status.path("details").path("causes")) {
            if (cause.path("reason").asString("").equals("ExitCode")) {
                return Integer.parseInt(cause.path("message").asString("1"));
            }
        }
        throw new RuntimeFaultException(
                Kind.CANNOT_START, status.path("message").asString("the command failed"));
    }

    private static SpdyClient dial(String url, String protocol) throws IOException {
        URI address = URI.create(url);
        String target = address.getRawQuery() == null
                ? address.getRawPath()
                : address.getRawPath() + "?" + address.getRawQuery();
        Headers headers = SpdyClient.asking(Headers.of("X-Stream-Protocol-Version", protocol));
        try (HttpDialer dialer = address.getScheme().equals("https")
                ? HttpDialer.tls(
                        address.getHost(),
                        address.getPort(),
                        new HttpDialer.Tls(List.of(), java.util.Optional.empty(), java.util.Optional.empty()))
                : HttpDialer.tcp(address.getHost(), address.getPort())) {
            HttpDialer.Upgraded upgraded = dialer.upgrade(HttpDialer.Call.of("POST", target, headers));
            if (!upgraded.isUpgraded()) {
                try (upgraded) {
                    String words =
                            new String(upgraded.in().readNBytes(MOST_REFUSAL), java.nio.charset.StandardCharsets.UTF_8);
                    throw new IOException("the runtime's streaming server answers %d: %s"
                            .formatted(upgraded.status(), words.strip()));
                }
            }
            return SpdyClient.over(upgraded);
        }
    }

    private static Headers type(String type) {
        return Headers.of("streamtype", type);
    }

    private static RuntimeFaultException broken(String what, IOException cause) {
        return new RuntimeFaultException(Kind.FAILED, what + " broke off: " + cause.getMessage(), cause);
    }
}
