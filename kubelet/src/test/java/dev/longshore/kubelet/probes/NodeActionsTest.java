package dev.longshore.kubelet.probes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.ManualTime;
import dev.longshore.http.Headers;
import dev.longshore.http.HttpServer;
import dev.longshore.http.Response;
import dev.longshore.kubelet.pods.FakeRuntime;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ExecAction;
import io.fabric8.kubernetes.api.model.GRPCAction;
import io.fabric8.kubernetes.api.model.HTTPGetActionBuilder;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.TCPSocketAction;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class NodeActionsTest {

    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    private final ManualTime time = new ManualTime();
    private final FakeRuntime runtime = new FakeRuntime(time);
    private final NodeActions actions = new NodeActions(runtime.streams(), time);

    @Test
    void asksOverHttpAsItIsTold() throws Exception {
        try (var server = new HttpServer(
                "probed",
                request -> request.path().equals("/ok")
                                && request.headers().first("Host").equals(java.util.Optional.of("example"))
                        ? Response.text(200, "fine")
                        : Response.text(503, "not fine"))) {
            int port = server.listen(new InetSocketAddress(LOOPBACK, 0));

            assertThat(get(port, "ok", "example")).isEqualTo(Verdict.success("fine"));
            assertThat(get(port, "/ok", "other")).isEqualTo(Verdict.failure("HTTP probe failed with statuscode: 503"));
        }
        assertThat(get(1, "/", "x"))
                .isEqualTo(Verdict.failure("Get \"http://127.0.0.1:1/\": connect: connection refused"));
    }

    @Test
    void followsRedirectsOnTheSameHostOnly() throws Exception {
        try (var server = new HttpServer("probed", request -> switch (request.path()) {
            case "/here" -> redirect("/sick");
            case "/away" -> redirect("http://elsewhere.invalid/");
            case "/round" -> redirect("/round");
            default -> Response.text(500, "sick");
        })) {
            int port = server.listen(new InetSocketAddress(LOOPBACK, 0));

            assertThat(get(port, "/here", "x")).isEqualTo(Verdict.failure("HTTP probe failed with statuscode: 500"));
            assertThat(get(port, "/away", "x"))
                    .isEqualTo(Verdict.warning("Probe terminated redirects, Response body: moved"));
            assertThat(get(port, "/round", "x").output()).endsWith("stopped after 10 redirects");
            assertThat(tell(port, "HTTP").isSuccess()).isTrue();
            assertThat(tell(port, "HTTPS").output())
                    .isEqualTo("request to HTTPS lifecycle hook 127.0.0.1:" + port
                            + " got HTTP response, retry with HTTP succeeded");
        }
    }

    private static Response redirect(String location) {
        return new Response.Full(302, Headers.of("Location", location), "moved".getBytes(StandardCharsets.UTF_8));
    }

    private Verdict tell(int port, String scheme) throws InterruptedException {
        var spec = new HTTPGetActionBuilder()
                .withPort(new IntOrString(port))
                .withScheme(scheme)
                .build();
        return actions.tell(new Action.HttpGet(spec), new Target("c", new Container(), "127.0.0.1"), LIMIT);
    }

    @Test
    void findsAPortByName() throws Exception {
        try (var listening = new ServerSocket(0, 1, LOOPBACK)) {
            Container container = new ContainerBuilder()
                    .addNewPort()
                    .withName("web")
                    .withContainerPort(listening.getLocalPort())
                    .endPort()
                    .build();
            var target = new Target("c", container, "127.0.0.1");

            assertThat(actions.run(connect(new IntOrString("web")), target, LIMIT)
                            .isSuccess())
                    .isTrue();
            assertThat(actions.run(connect(new IntOrString("other")), target, LIMIT))
                    .isEqualTo(Verdict.unknown("strconv.Atoi: parsing \"other\": invalid syntax"));
        }
    }

    @Test
    void judgesACommandByItsExitCode() throws Exception {
        runtime.execExitCodes.put("test x", 1);
        var target = new Target("c", new Container(), "127.0.0.1");

        assertThat(actions.run(new Action.Exec(new ExecAction(List.of("test", "x"))), target, LIMIT)
                        .isSuccess())
                .isFalse();
        assertThat(actions.run(new Action.Exec(new ExecAction(List.of("test", "y"))), target, LIMIT)
                        .isSuccess())
                .isTrue();
    }

    @Test
    void readsTheStateOutOfAGrpcAnswer() throws Exception {
        assertThat(health(1).isSuccess()).isTrue();
        assertThat(health(2).isSuccess()).isFalse();
    }

    /// Asks a server that knows of HTTP/2 just this one answer.
    private Verdict health(int state) throws Exception {
        try (var server = new ServerSocket(0, 1, LOOPBACK)) {
            Thread answering = Thread.ofVirtual().start(() -> answer(server, state));
            Verdict verdict = actions.run(
                    new Action.Grpc(new GRPCAction(null, server.getLocalPort(), "")),
                    new Target("c", new Container(), "127.0.0.1"),
                    LIMIT);
            answering.join();
            return verdict;
        }
    }

    private static void answer(ServerSocket server, int state) {
        try (Socket socket = server.accept()) {
            var in = new DataInputStream(socket.getInputStream());
            var out = new DataOutputStream(socket.getOutputStream());
            in.skipNBytes(24);
            int type = -1;
            while (type != 0) {
                int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
                type = in.readUnsignedByte();
                in.skipNBytes(5L + length);
            }
            out.write(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0});
            out.write(new byte[] {0, 0, 1, 1, 4, 0, 0, 0, 1, (byte) 0x88});
            out.write(new byte[] {0, 0, 7, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2, 8, (byte) state});
            out.write(new byte[] {0, 0, 1, 1, 5, 0, 0, 0, 1, (byte) 0x88});
            out.flush();
            in.readNBytes(9);
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    private Verdict get(int port, String path, String host) throws InterruptedException {
        var spec = new HTTPGetActionBuilder()
                .withPath(path)
                .withPort(new IntOrString(port))
                .addNewHttpHeader("Host", host)
                .build();
        return actions.run(new Action.HttpGet(spec), new Target("c", new Container(), "127.0.0.1"), LIMIT);
    }

    private static Action connect(IntOrString port) {
        return new Action.TcpSocket(new TCPSocketAction(null, port));
    }
}
