package dev.longshore.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HttpServerTest {

    @Test
    void answersWithStatusFieldsAndBody() throws Exception {
        try (var loop = new Loopback(request -> new Response.Full(
                        418,
                        Headers.of(
                                "X-Seen",
                                request.path() + "|"
                                        + request.query().first("q").orElse("")),
                        request.method().getBytes(UTF_8)));
                var response = loop.ask(HttpDialer.Call.of("PATCH", "/a%20b/c?q=1%2B1", Headers.EMPTY, new byte[3]))) {
            assertThat(response.status()).isEqualTo(418);
            assertThat(response.headers().first("x-seen")).contains("/a b/c|1+1");
            assertThat(response.headers().first("Content-Length")).contains("5");
            assertThat(response.body().readNBytes(100)).asString(UTF_8).isEqualTo("PATCH");
        }
    }

    @Test
    void echoesABodyOfUnknownLengthWhileItArrives() throws Exception {
        byte[] much = new byte[3_000_000];
        new java.util.Random(7).nextBytes(much);
        try (var loop = new Loopback(request -> new Response.Stream(
                        200, Headers.EMPTY, out -> request.body().transferTo(out)));
                var response = loop.ask(Loopback.upload("POST", "/", new ByteArrayInputStream(much)))) {
            assertThat(response.headers().first("Transfer-Encoding")).contains("chunked");
            assertThat(response.body().readNBytes(4_000_000)).isEqualTo(much);
        }
    }

    @Test
    void servesManyRequestsOnOneConnection() throws Exception {
        try (var loop =
                new Loopback(request -> Response.text(200, request.peer().address()))) {
            String first = loop.get("/");

            for (int i = 0; i < 20; i++) {
                assertThat(loop.get("/")).isEqualTo(first);
            }
        }
    }

    @Test
    void answersPipelinedRequestsInOrderAndOneAtATime() throws Exception {
        var running = new AtomicLong();
        var most = new AtomicLong();
        Handler handler = request -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            Thread.yield();
            running.decrementAndGet();
            return Response.text(200, request.path());
        };
        try (var loop = new Loopback(handler);
                var socket = new Socket("127.0.0.1", loop.port)) {
            var requests = new StringBuilder();
            for (int i = 0; i < 50; i++) {
                requests.append("GET /").append(i).append(" HTTP/1.1\r\nHost: x\r\n\r\n");
            }
            requests.append("GET /end HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            socket.getOutputStream().write(requests.toString().getBytes(US_ASCII));

            String answers = new String(socket.getInputStream().readAllBytes(), US_ASCII);

            assertThat(answers.lines().filter(line -> line.contains("/") && !line.contains(":")))
                    .filteredOn(line -> !line.startsWith("HTTP"))
                    .hasSizeLessThanOrEqualTo(51);
            assertThat(answers).containsSubsequence("/0HTTP", "/1HTTP", "/25HTTP", "/49HTTP", "/end");
            assertThat(most).hasValue(1);
        }
    }

    @Test
    void answersHeadWithTheLengthAndNoBody() throws Exception {
        try (var loop = new Loopback(request -> Response.text(200, "hello"))) {
            for (int i = 0; i < 2; i++) {
                try (var response = loop.ask(Loopback.call("HEAD", "/"))) {
                    assertThat(response.headers().first("Content-Length")).contains("5");
                    assertThat(response.body().readNBytes(10)).isEmpty();
                }
            }
        }
    }

    @Test
    void asksForTheBodyOnlyWhenTheHandlerReadsIt() throws Exception {
        try (var loop = new Loopback(request -> request.path().equals("/no")
                ? Response.text(413, "no")
                : Response.text(200, new String(request.body().readAllBytes(), UTF_8)))) {
            try (var socket = new Socket("127.0.0.1", loop.port)) {
                send(socket, "PUT /yes HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
                assertThat(ResponseHead.line(socket.getInputStream())).isEqualTo("HTTP/1.1 100 Continue");
                assertThat(ResponseHead.line(socket.getInputStream())).isEmpty();
                send(socket, "abc");
                assertThat(ResponseHead.line(socket.getInputStream())).isEqualTo("HTTP/1.1 200 OK");
            }
            try (var socket = new Socket("127.0.0.1", loop.port)) {
                send(socket, "PUT /no HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
                assertThat(new String(socket.getInputStream().readAllBytes(), US_ASCII))
                        .startsWith("HTTP/1.1 413")
                        .containsIgnoringCase("connection: close");
            }
        }
    }

    @Test
    void refusesHeadsThatAreMalformedOrTooBig() throws Exception {
        try (var loop = new Loopback(request -> Response.text(200, "ok"))) {
            assertThat(raw(loop, "GET / HTTP/1.1\r\nHost: x\r\nBig: " + "b".repeat(1_100_000) + "\r\n\r\n"))
                    .startsWith("HTTP/1.1 431");
            assertThat(raw(loop, "GET /" + "p".repeat(1_100_000) + " HTTP/1.1\r\nHost: x\r\n\r\n"))
                    .startsWith("HTTP/1.1 431");
            assertThat(raw(loop, "GET / HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 400");
            assertThat(raw(loop, "GET /a%zzb HTTP/1.1\r\nHost: x\r\n\r\n")).startsWith("HTTP/1.1 400");
            assertThat(raw(loop, "GET /a%2 HTTP/1.1\r\nHost: x\r\n\r\n")).startsWith("HTTP/1.1 400");
            assertThat(raw(loop, "GET /%41?q=% HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 200");
            assertThat(raw(loop, "nonsense\r\n\r\n")).startsWith("HTTP/1.1 400");
            assertThat(raw(
                            loop,
                            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"))
                    .startsWith("HTTP/1.1 400");
            assertThat(raw(loop, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"))
                    .startsWith("HTTP/1.1 400");
        }
    }

    @Test
    void answersFiveHundredWhenTheHandlerThrowsAndGoesOn() throws Exception {
        try (var loop = new Loopback(request -> {
            if (request.path().equals("/bad")) {
                throw new IllegalStateException("on purpose");
            }
            return Response.text(200, "ok");
        })) {
            assertThat(loop.get("/bad")).isEqualTo("500 internal error\n");
            assertThat(loop.get("/good")).isEqualTo("200 ok");
        }
    }

    @Test
    void refusesAPortThatIsTaken() throws Exception {
        try (var loop = new Loopback(request -> Response.text(200, "ok"));
                var second = new HttpServer("second", request -> Response.text(200, "ok"))) {
            assertThatThrownBy(() -> second.listen(new InetSocketAddress("127.0.0.1", loop.port)))
                    .isInstanceOf(BindException.class);
        }
    }

    @Test
    void sendsWhatAStreamFlushesAtOnce() throws Exception {
        var goOn = new CountDownLatch(1);
        try (var loop = new Loopback(request -> new Response.Stream(200, Headers.EMPTY, out -> {
                    out.write("first".getBytes(UTF_8));
                    out.flush();
                    goOn.await();
                    out.write("second".getBytes(UTF_8));
                }));
                var response = loop.ask(Loopback.call("GET", "/"))) {
            assertThat(response.body().readNBytes(5)).asString(UTF_8).isEqualTo("first");
            goOn.countDown();
            assertThat(response.text()).isEqualTo("second");
        }
    }

    @Test
    void breaksOffAnAnswerWhoseWriterFails() throws Exception {
        try (var loop = new Loopback(request -> new Response.Stream(200, Headers.EMPTY, out -> {
                    out.write(new byte[100]);
                    out.flush();
                    throw new IllegalStateException("on purpose");
                }));
                var response = loop.ask(Loopback.call("GET", "/"))) {
            assertThatThrownBy(() -> response.body().readNBytes(1000)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void interruptsTheHandlerWhenThePeerGoes() throws Exception {
        var waiting = new CountDownLatch(1);
        var interrupted = new CountDownLatch(1);
        try (var loop = new Loopback(request -> {
            waiting.countDown();
            try {
                Thread.currentThread().join();
            } catch (InterruptedException gone) {
                interrupted.countDown();
                throw gone;
            }
            return Response.text(200, "never");
        })) {
            try (var socket = new Socket("127.0.0.1", loop.port)) {
                send(socket, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
                assertThat(waiting.await(30, TimeUnit.SECONDS)).isTrue();
            }

            assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void holdsAWriterBackWhileThePeerIsSlow() throws Exception {
        var written = new AtomicLong();
        var ended = new CompletableFuture<Throwable>();
        try (var loop = new Loopback(request -> new Response.Stream(200, Headers.EMPTY, out -> {
            try {
                while (true) {
                    out.write(new byte[10_000]);
                    written.addAndGet(10_000);
                }
            } catch (IOException gone) {
                ended.complete(gone);
                throw gone;
            }
        }))) {
            var response = loop.ask(Loopback.call("GET", "/"));
            assertThat(response.body().readNBytes(1000)).hasSize(1000);
            var last = new AtomicLong(-1);
            Awaitility.await()
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> last.getAndSet(written.get()) == written.get());
            assertThat(written.get()).isLessThan(64_000_000);
            response.close();

            assertThat(ended.get(30, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void holdsASenderBackWhileTheHandlerIsSlow() throws Exception {
        var go = new CountDownLatch(1);
        var sent = new AtomicLong();
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                throw new UnsupportedOperationException();
            }

            @Override
            public int read(byte[] target, int from, int length) {
                if (sent.get() > 50_000_000) {
                    return -1;
                }
                sent.addAndGet(length);
                return length;
            }
        };
        try (var loop = new Loopback(request -> {
            go.await();
            return Response.text(
                    200, Long.toString(request.body().transferTo(java.io.OutputStream.nullOutputStream())));
        })) {
            var answer = CompletableFuture.supplyAsync(() -> {
                try (var response = loop.ask(Loopback.upload("POST", "/", endless))) {
                    return new String(response.body().readNBytes(100), UTF_8);
                } catch (IOException failure) {
                    throw new java.io.UncheckedIOException(failure);
                }
            });
            var last = new AtomicLong(-1);
            Awaitility.await()
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> sent.get() > 0 && last.getAndSet(sent.get()) == sent.get());
            assertThat(sent.get()).isLessThan(40_000_000);
            go.countDown();

            assertThat(answer.get(30, TimeUnit.SECONDS)).isEqualTo(Long.toString(sent.get()));
        }
    }

    @Test
    void listensOnAUnixSocketForItsOwnUserOnly(@TempDir Path directory) throws Exception {
        Path path = directory.resolve("api.sock");
        Files.writeString(path, "left behind");
        try (var server = new HttpServer(
                        "test", request -> Response.text(200, request.peer().address()));
                var dialer = HttpDialer.unix(path)) {
            server.listen(path);

            try (var response = dialer.exchange(Loopback.call("GET", "/"), Duration.ofSeconds(20))) {
                assertThat(response.body().readNBytes(100)).asString(UTF_8).isEqualTo("unix");
            }
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .isEqualTo("rw-------");
        }
        assertThat(path).doesNotExist();
    }

    @Test
    void handsOverTheRawConnectionWithBytesThatCameEarly() throws Exception {
        try (var loop = new Loopback(request ->
                        new Response.Hijack(101, Headers.of("Upgrade", "tcp", "Connection", "Upgrade"), (in, out) -> {
                            in.transferTo(out);
                            out.write("bye".getBytes(UTF_8));
                            out.close();
                        }));
                var socket = new Socket("127.0.0.1", loop.port)) {
            send(socket, "POST /attach HTTP/1.1\r\nHost: x\r\nUpgrade: tcp\r\nConnection: Upgrade\r\n\r\nearly");
            assertThat(ResponseHead.read(socket.getInputStream()).status()).isEqualTo(101);
            send(socket, " late ");
            socket.shutdownOutput();

            assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
                    .isEqualTo("early late bye");
        }
    }

    @Test
    void hijacksOverAUnixSocketAndKeepsHalfCloses(@TempDir Path directory) throws Exception {
        Path path = directory.resolve("s");
        try (var server = new HttpServer(
                        "test",
                        request -> new Response.Hijack(
                                101,
                                Headers.of("Upgrade", "tcp", "Connection", "Upgrade"),
                                (in, out) -> in.transferTo(out)));
                var dialer = HttpDialer.unix(path)) {
            server.listen(path);
            try (var raw = dialer.upgrade(Loopback.upgrade("/", "tcp"))) {
                assertThat(raw.isUpgraded()).isTrue();
                raw.out().write("over there".getBytes(UTF_8));
                raw.out().close();

                assertThat(raw.in().readAllBytes()).asString(UTF_8).isEqualTo("over there");
            }
        }
    }

    @Test
    void endsRunningRequestsAfterTheGrace() throws Exception {
        var waiting = new CountDownLatch(1);
        var ended = new CountDownLatch(1);
        var loop = new Loopback(request -> {
            waiting.countDown();
            try {
                Thread.currentThread().join();
            } finally {
                ended.countDown();
            }
            return Response.text(200, "");
        });
        try (var socket = new Socket("127.0.0.1", loop.port)) {
            send(socket, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(waiting.await(30, TimeUnit.SECONDS)).isTrue();

            loop.close();

            assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void closesConnectionsThatStayIdle() throws Exception {
        var time = new dev.longshore.base.ManualTime();
        try (var server = new HttpServer(
                        "test",
                        request -> Response.text(200, "ok"),
                        time,
                        HttpServer.Limits.DEFAULT.withGrace(Duration.ZERO));
                var socket = new Socket("127.0.0.1", server.listen(Loopback.anyPort()))) {
            send(socket, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(socket.getInputStream().readNBytes(15))
                    .asString(US_ASCII)
                    .isEqualTo("HTTP/1.1 200 OK");
            var rest = CompletableFuture.supplyAsync(() -> {
                try {
                    return new String(socket.getInputStream().readAllBytes(), US_ASCII);
                } catch (IOException broken) {
                    throw new java.io.UncheckedIOException(broken);
                }
            });
            // Again and again: the server may count from a little after the answer has arrived here.
            Awaitility.await().until(() -> {
                time.advance(HttpServer.Limits.DEFAULT.idle());
                return rest.isDone();
            });

            assertThat(rest.get()).endsWith("ok");
        }
    }

    @Test
    void dropsAPeerThatDoesNotTakeItsAnswer() throws Exception {
        var time = new dev.longshore.base.ManualTime();
        try (var server = new HttpServer(
                        "test",
                        request -> new Response.Full(200, Headers.EMPTY, new byte[64_000_000]),
                        time,
                        HttpServer.Limits.DEFAULT.withGrace(Duration.ZERO));
                var socket = new Socket("127.0.0.1", server.listen(Loopback.anyPort()))) {
            send(socket, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(socket.getInputStream().readNBytes(15)).hasSize(15);
            // That of the connection and that of the answer.
            Awaitility.await().until(() -> time.timers() == 2);
            time.advance(HttpServer.Limits.DEFAULT.idle());

            // What is on its way arrives still, and then nothing more.
            assertThat(readUntilItEnds(socket)).isLessThan(64_000_000);
        }
    }

    @Test
    void closesConnectionsWhoseHeadNeverEnds() throws Exception {
        var time = new dev.longshore.base.ManualTime();
        try (var server = new HttpServer(
                        "test",
                        request -> Response.text(200, "ok"),
                        time,
                        HttpServer.Limits.DEFAULT.withGrace(Duration.ZERO));
                var socket = new Socket("127.0.0.1", server.listen(Loopback.anyPort()))) {
            send(socket, "GET / HTTP/1.1\r\nHost: x\r\nSlow: ");
            var rest = CompletableFuture.supplyAsync(() -> readUntilItEnds(socket));
            Awaitility.await().until(() -> {
                time.advance(HttpServer.Limits.DEFAULT.firstHead());
                return rest.isDone();
            });

            assertThat(rest.get()).isZero();
        }
    }

    private static long readUntilItEnds(Socket socket) {
        long count = 0;
        byte[] piece = new byte[1 << 16];
        try {
            for (int read = socket.getInputStream().read(piece);
                    read >= 0;
                    read = socket.getInputStream().read(piece)) {
                count += read;
            }
        } catch (IOException reset) {
            return count;
        }
        return count;
    }

    private static String raw(Loopback loop, String request) throws IOException {
        try (var socket = new Socket("127.0.0.1", loop.port)) {
            send(socket, request);
            return new String(socket.getInputStream().readAllBytes(), US_ASCII);
        }
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(US_ASCII));
        socket.getOutputStream().flush();
    }
}
