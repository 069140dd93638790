package dev.longshore.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HttpDialerTest {

    @Test
    void readsAnswersInEveryFraming() throws Exception {
        try (var server = new Scripted(
                        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nsized",
                        "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n"
                                + "Transfer-Encoding: chunked\r\n\r\n3;ext=1\r\nchu\r\n4\r\nnked\r\n0\r\nTrailer: x\r\n\r\n",
                        "HTTP/1.1 204 No Content\r\nContent-Length: 7\r\n\r\n",
                        "HTTP/1.0 200 OK\r\n\r\nuntil close");
                var dialer = server.dialer()) {
            assertThat(get(dialer)).isEqualTo("sized");
            assertThat(get(dialer)).isEqualTo("chunked");
            assertThat(get(dialer)).isEmpty();
            assertThat(get(dialer)).isEqualTo("until close");
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void asksAgainWhenAKeptConnectionIsDead() throws Exception {
        try (var server = new Scripted(
                        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none",
                        Scripted.HANG_UP,
                        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ntwo");
                var dialer = server.dialer()) {
            assertThat(get(dialer)).isEqualTo("one");
            assertThat(get(dialer)).isEqualTo("two");
            assertThat(server.connections()).isEqualTo(2);
        }
    }

    @Test
    void refusesAnswersThatBreakTheProtocol() throws Exception {
        for (String answer : List.of(
                "SSH-2.0-OpenSSH\r\n\r\n",
                "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort")) {
            try (var server = new Scripted(answer);
                    var dialer = server.dialer()) {
                assertThatThrownBy(() -> get(dialer)).as(answer).isInstanceOf(IOException.class);
            }
        }
    }

    @Test
    void givesUpWhenTheServerIsSilent(@TempDir Path directory) throws Exception {
        Handler silent = request -> new Response.Stream(200, Headers.EMPTY, out -> {
            out.write('x');
            out.flush();
            Thread.currentThread().join();
        });
        try (var loop = new Loopback(silent);
                var unix = HttpDialer.unix(directory.resolve("s"))) {
            loop.server.listen(directory.resolve("s"));
            for (HttpDialer dialer : List.of(loop.dialer, unix)) {
                try (var answer = dialer.exchange(Loopback.call("GET", "/"), Duration.ofMillis(200))) {
                    assertThat(answer.body().read()).isEqualTo('x');

                    assertThatThrownBy(() -> answer.body().read()).isInstanceOf(IOException.class);
                }
            }
        }
    }

    @Test
    void interruptingTheCallerEndsTheExchange() throws Exception {
        var asked = new CountDownLatch(1);
        var ended = new CompletableFuture<Boolean>();
        try (var loop = new Loopback(request -> {
            asked.countDown();
            try {
                Thread.currentThread().join();
            } finally {
                ended.complete(true);
            }
            return Response.text(200, "");
        })) {
            Thread caller = Thread.ofVirtual().start(() -> {
                try {
                    loop.get("/");
                } catch (IOException interrupted) {
                    // As it should be.
                }
            });
            assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
            caller.interrupt();

            assertThat(caller.join(Duration.ofSeconds(5))).isTrue();
            assertThat(ended.get(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aSourceThatFailsDoesNotLookLikeAWholeBody() throws Exception {
        var seen = new CompletableFuture<String>();
        var failing = new InputStream() {
            private int left = 100_000;

            @Override
            public int read() throws IOException {
                if (left-- <= 0) {
                    throw new IOException("the disk broke");
                }
                return 'x';
            }
        };
        try (var loop = new Loopback(request -> {
            try {
                request.body().transferTo(OutputStream.nullOutputStream());
                seen.complete("a whole body");
            } catch (IOException broken) {
                seen.complete("a broken body");
            }
            return Response.text(200, "");
        })) {
            assertThatThrownBy(() -> loop.ask(Loopback.upload("PUT", "/", failing)))
                    .isInstanceOf(IOException.class)
                    .rootCause()
                    .hasMessage("the disk broke");
            assertThat(seen.get(30, TimeUnit.SECONDS)).isEqualTo("a broken body");
        }
    }

    @Test
    void refusesFieldsThatWouldSmuggle() throws Exception {
        try (var loop = new Loopback(request -> Response.text(200, ""))) {
            assertThatThrownBy(() -> loop.ask(HttpDialer.Call.of("GET", "/", Headers.of("X", "a\r\nY: b"))))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static String get(HttpDialer dialer) throws IOException {
        try (var response = dialer.exchange(Loopback.call("GET", "/"), Duration.ofSeconds(20))) {
            return new String(response.body().readNBytes(1000), UTF_8);
        }
    }

    /// Answers one request after the other with fixed bytes; hangs up when the script says so or is over.
    private static final class Scripted implements AutoCloseable {

        static final String HANG_UP = "";

        private final ServerSocket listening;
        private final List<String> script;
        private int position;
        private volatile int connections;

        Scripted(String... script) throws IOException {
            this.script = List.of(script);
            this.listening = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
            Thread.ofVirtual().start(this::serve);
        }

        HttpDialer dialer() {
            return HttpDialer.tcp("127.0.0.1", listening.getLocalPort());
        }

        int connections() {
            return connections;
        }

        private void serve() {
            while (position < script.size()) {
                try (Socket socket = listening.accept()) {
                    connections = connections + 1;
                    converse(socket);
                } catch (IOException closed) {
                    return;
                }
            }
        }

        private void converse(Socket socket) throws IOException {
            while (position < script.size()) {
                while (!ResponseHead.line(socket.getInputStream()).isEmpty()) {
                    socket.getOutputStream().flush();
                }
                String answer = script.get(position++);
                if (answer.equals(HANG_UP)) {
                    return;
                }
                socket.getOutputStream().write(answer.getBytes(US_ASCII));
            }
        }

        @Override
        public void close() throws IOException {
            listening.close();
        }
    }
}
