package dev.longshore.runtime.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.base.Time;
import dev.longshore.http.Headers;
import dev.longshore.http.Query;
import dev.longshore.http.Request;
import dev.longshore.http.SpdyConnection;
import dev.longshore.http.SpdyStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class SpdySessionsTest {

    private final FakeConnection connection = new FakeConnection();

    @Test
    void joinsTheStreamsOfACommandAndReportsItsEnd() throws Exception {
        FakeStream error = connection.open("", "streamtype", "error");
        connection.open("input", "streamtype", "stdin");
        FakeStream stdout = connection.open("", "streamtype", "stdout");
        var session = new SpdySession(
                StreamOptions.of(Query.parse("input=1&output=1")),
                (stdio, resizes) -> {
                    copy(stdio.in().orElseThrow(), stdio.out().orElseThrow());
                    return 5;
                },
                Time.system(),
                "v4.channel.k8s.io");

        session.serve(connection);

        assertThat(stdout.written()).isEqualTo("input");
        assertThat(error.written()).contains("\"reason\":\"ExitCode\",\"message\":\"5\"");
        assertThat(error.isClosed).isTrue();
    }

    @Test
    void saysItInWordsToOlderClients() throws Exception {
        FakeStream error = connection.open("", "streamtype", "error");
        connection.open("", "streamtype", "stdout");

        new SpdySession(
                        StreamOptions.of(Query.parse("stdout=true")),
                        (stdio, resizes) -> 1,
                        Time.system(),
                        "v2.channel.k8s.io")
                .serve(connection);

        assertThat(error.written()).isEqualTo("command terminated with non-zero exit code: exit status 1");
    }

    @Test
    void passesTerminalSizesOn() throws Exception {
        connection.open("", "streamtype", "error");
        FakeStream stdout = connection.open("", "streamtype", "stdout");
        connection.open("{\"Width\":100,\"Height\":40}", "streamtype", "resize");

        new SpdySession(
                        StreamOptions.of(Query.parse("stdout=true&tty=true")),
                        (stdio, resizes) -> {
                            copy(
                                    new ByteArrayInputStream(resizes.next()
                                            .orElseThrow()
                                            .toString()
                                            .getBytes(StandardCharsets.UTF_8)),
                                    stdio.out().orElseThrow());
                            return 0;
                        },
                        Time.system(),
                        "v4.channel.k8s.io")
                .serve(connection);

        assertThat(stdout.written()).isEqualTo("Size[columns=100, rows=40]");
    }

    @Test
    void endsTheCommandWhenTheClientLeaves() throws Exception {
        connection.open("", "streamtype", "error");
        connection.open("", "streamtype", "stdout");
        var ended = new AtomicReference<String>();
        var session = new SpdySession(
                StreamOptions.of(Query.parse("stdout=true")),
                (stdio, resizes) -> {
                    try {
                        new java.util.concurrent.CountDownLatch(1).await();
                        return 0;
                    } catch (InterruptedException left) {
                        ended.set("interrupted");
                        throw left;
                    }
                },
                Time.system(),
                "v4.channel.k8s.io");
        Thread serving = Thread.ofVirtual().start(() -> {
            try {
                session.serve(connection);
            } catch (IOException | InterruptedException over) {
                Thread.currentThread().interrupt();
            }
        });

        connection.close();

        await().untilAsserted(() -> assertThat(ended).hasValue("interrupted"));
        serving.join();
    }

    @Test
    void choosesTheFirstVersionThatBothSpeak() {
        assertThat(SpdySession.choose(offering("v9.channel.k8s.io", "v3.channel.k8s.io", "v4.channel.k8s.io")))
                .hasValue("v3.channel.k8s.io");
        assertThat(SpdySession.choose(offering())).hasValue("channel.k8s.io");
        assertThat(SpdySession.choose(offering("v9.channel.k8s.io"))).isEmpty();
    }

    @Test
    void forwardsEachPairOfStreams() throws Exception {
        connection.open("", "streamtype", "error", "port", "80", "requestid", "0");
        FakeStream first = connection.open("a", "streamtype", "data", "port", "80", "requestid", "0");
        FakeStream refused = connection.open("", "streamtype", "error", "port", "81", "requestid", "1");
        connection.open("b", "streamtype", "data", "port", "81", "requestid", "1");
        FakeStream odd = connection.open("", "streamtype", "data", "port", "0");
        Thread serving = Thread.ofVirtual().start(() -> {
            try {
                new PortForwardSession(
                                (port, in, out) -> {
                                    if (port == 81) {
                                        throw new IllegalStateException("connection refused");
                                    }
                                    copy(in, out);
                                },
                                "web")
                        .serve(connection);
            } catch (IOException | InterruptedException failure) {
                throw new AssertionError(failure);
            }
        });

        await().until(() -> first.isClosed && refused.isClosed);
        connection.close();
        serving.join();

        assertThat(first.written()).isEqualTo("a");
        assertThat(refused.written()).isEqualTo("error forwarding port 81 to pod web, uid : connection refused");
        assertThat(odd.isReset).isTrue();
    }

    private static Request offering(String... versions) {
        Headers headers = Headers.EMPTY;
        for (String version : versions) {
            headers = headers.with("X-Stream-Protocol-Version", version);
        }
        return Request.local("POST", "/exec", headers, new byte[0]);
    }

    private static void copy(InputStream in, OutputStream out) {
        try {
            in.transferTo(out);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static final class FakeConnection implements SpdyConnection {
        private final BlockingQueue<Optional<SpdyStream>> streams = new LinkedBlockingQueue<>();

        FakeStream open(String content, String... headers) {
            var stream = new FakeStream(Headers.of(headers), content);
            streams.add(Optional.of(stream));
            return stream;
        }

        @Override
        public Optional<SpdyStream> accept() throws InterruptedException {
            return streams.take();
        }

        @Override
        public void close() {
            streams.add(Optional.empty());
        }
    }

    private static final class FakeStream implements SpdyStream {
        private final Headers headers;
        private final InputStream in;
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        volatile boolean isClosed;
        volatile boolean isReset;

        FakeStream(Headers headers, String content) {
            this.headers = headers;
            this.in = new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8));
        }

        String written() {
            return out.toString(StandardCharsets.UTF_8);
        }

        @Override
        public Headers headers() {
            return headers;
        }

        @Override
        public InputStream in() {
            return in;
        }

        @Override
        public OutputStream out() {
            return new OutputStream() {
                @Override
                public void write(int b) {
                    out.write(b);
                }

                @Override
                public void close() {
                    isClosed = true;
                }
            };
        }

        @Override
        public void reset() {
            isReset = true;
        }
    }
}
