package dev.longshore.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Many HTTP/2 streams that are opened and reset at once.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RapidResetTest {

    private static final int MOST = 250;
    private static final int LINE = 4 * MOST;

    private final CountDownLatch release = new CountDownLatch(1);
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final AtomicInteger begun = new AtomicInteger();
    private final TestAuthority authority;
    private HttpServer server;
    private int port;

    RapidResetTest() throws Exception {
        authority = new TestAuthority("servers");
    }

    @BeforeEach
    void start() throws Exception {
        TlsIdentity identity = authority.server();
        server = new HttpServer("reset", this::handle);
        port = server.listen(Loopback.anyPort(), new HttpServer.Tls(() -> identity, List.of()));
    }

    @AfterEach
    void stop() {
        release.countDown();
        server.close();
    }

    @Test
    void whoKeepsHandlersBusyWithStreamsThatAreResetLosesTheConnection() throws Exception {
        try (var attacker = new RawHttp2(port);
                var other = new RawHttp2(port)) {
            for (int i = 0; i <= MOST + LINE; i++) {
                attacker.get(2 * i + 1, "/stubborn");
                attacker.cancel(2 * i + 1);
            }
            attacker.flush();

            assertThat(next(attacker, RawHttp2.GOAWAY).error()).isEqualTo(RawHttp2.ENHANCE_YOUR_CALM);
            assertThat(most.get()).isEqualTo(MOST);
            other.get(1, "/quick");
            other.flush();
            assertThat(next(other, RawHttp2.HEADERS).stream()).isEqualTo(1);
        }
    }

    @Test
    void whatNobodyWantsAnyMoreIsNeverBegun() throws Exception {
        try (var client = new RawHttp2(port)) {
            int stream = 1;
            for (int i = 0; i < MOST + LINE - 1; i++) {
                client.get(stream, "/stubborn");
                client.cancel(stream);
                stream += 2;
            }
            client.get(stream, "/quick");
            client.ping();
            client.flush();
            // By now the server has read all of it.
            next(client, RawHttp2.PING);
            release.countDown();

            assertThat(next(client, RawHttp2.HEADERS).stream()).isEqualTo(stream);
            assertThat(begun.get()).isEqualTo(MOST + 1);
        }
    }

    @Test
    void whoEndsAThousandWatchesKeepsTheConnection() throws Exception {
        try (var client = new RawHttp2(port)) {
            int stream = 1;
            for (int i = 0; i < 10; i++) {
                for (int j = 0; j < 100; j++) {
                    client.get(stream + 2 * j, "/watch");
                }
                client.flush();
                for (int j = 0; j < 100; j++) {
                    client.cancel(stream + 2 * j);
                }
                client.flush();
                stream += 200;
            }
            client.get(stream, "/quick");
            client.flush();

            int asked = stream;
            RawHttp2.Frame answer = next(client, RawHttp2.HEADERS);
            while (answer.stream() != asked) {
                answer = next(client, RawHttp2.HEADERS);
            }
            assertThat(answer.stream()).isEqualTo(asked);
        }
    }

    private Response handle(Request request) throws InterruptedException {
        begun.incrementAndGet();
        return switch (request.path()) {
            case "/watch" -> {
                new CountDownLatch(1).await();
                yield Response.text(500, "a watch that ended by itself");
            }
            case "/stubborn" -> stubborn();
            default -> Response.text(200, "quick");
        };
    }

    /// Does not notice that nobody waits any more.
    private Response stubborn() {
        most.accumulateAndGet(running.incrementAndGet(), Math::max);
        boolean isReleased = false;
        while (!isReleased) {
            try {
                release.await();
                isReleased = true;
            } catch (InterruptedException ignored) {
                continue;
            }
        }
        running.decrementAndGet();
        return Response.text(200, "done");
    }

    private static RawHttp2.Frame next(RawHttp2 client, int type) throws IOException {
        RawHttp2.Frame frame = client.read();
        while (frame.type() != type) {
            frame = client.read();
        }
        return frame;
    }
}
