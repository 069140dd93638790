package dev.longshore.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.spdy.DefaultSpdyDataFrame;
import io.netty.handler.codec.spdy.DefaultSpdyPingFrame;
import io.netty.handler.codec.spdy.DefaultSpdyRstStreamFrame;
import io.netty.handler.codec.spdy.DefaultSpdySynStreamFrame;
import io.netty.handler.codec.spdy.DefaultSpdyWindowUpdateFrame;
import io.netty.handler.codec.spdy.SpdyDataFrame;
import io.netty.handler.codec.spdy.SpdyFrame;
import io.netty.handler.codec.spdy.SpdyPingFrame;
import io.netty.handler.codec.spdy.SpdySynReplyFrame;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SpdyTest {

    /// Accepts streams and echoes each, upper-cased headers first, until the client goes.
    private static void echo(SpdyConnection connection) throws IOException, InterruptedException {
        for (var next = connection.accept(); next.isPresent(); next = connection.accept()) {
            SpdyStream stream = next.get();
            Thread.ofVirtual().start(() -> {
                try (OutputStream out = stream.out()) {
                    out.write(stream.headers().first("StreamType").orElse("").getBytes(UTF_8));
                    stream.in().transferTo(out);
                } catch (IOException broken) {
                    stream.reset();
                }
            });
        }
    }

    @Test
    void carriesManyStreamsOverOneConnection() throws Exception {
        try (var loop = spdyServer();
                var client = new Client(loop)) {
            client.open(1, "stdin");
            client.open(3, "error");
            client.data(3, "third", true);
            client.data(1, "first", true);

            assertThat(client.drain(3)).isEqualTo("errorthird");
            assertThat(client.drain(1)).isEqualTo("stdinfirst");
        }
    }

    @Test
    void repliesBeforeDataAndAnswersPings() throws Exception {
        try (var loop = spdyServer();
                var client = new Client(loop)) {
            client.open(1, "data");
            client.send(new DefaultSpdyPingFrame(7));

            assertThat(((SpdySynReplyFrame) client.next(frame -> frame instanceof SpdySynReplyFrame)).streamId())
                    .isEqualTo(1);
            assertThat(((SpdyPingFrame) client.next(frame -> frame instanceof SpdyPingFrame)).id())
                    .isEqualTo(7);
        }
    }

    @Test
    void sendsWithoutLimitToAClientThatKnowsNoWindows() throws Exception {
        try (var loop = spdyServer();
                var client = new Client(loop)) {
            client.open(1, "");
            String much = "x".repeat(300_000);
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> client.dataInPieces(1, much));

            assertThat(client.drain(1)).isEqualTo(much);
            sending.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void keepsToTheWindowOfAClientThatHasOne() throws Exception {
        try (var loop = new Loopback(request -> new Response.SpdyUpgrade(Headers.EMPTY, connection -> {
                    SpdyStream stream = connection.accept().orElseThrow();
                    stream.in().readNBytes(2);
                    stream.out().write(new byte[100_000]);
                    stream.out().close();
                    stream.in().transferTo(OutputStream.nullOutputStream());
                }));
                var client = new Client(loop)) {
            client.open(1, "");
            client.send(new DefaultSpdyWindowUpdateFrame(1, 1000));
            client.send(new DefaultSpdyWindowUpdateFrame(0, 1000));
            client.data(1, "go", false);

            assertThat(client.collect(1, 64 * 1024 + 1000)).hasSize(64 * 1024 + 1000);
            client.send(new DefaultSpdyPingFrame(9));
            assertThat(client.next(frame -> frame instanceof SpdyPingFrame || frame instanceof SpdyDataFrame))
                    .as("nothing but the answer to the ping")
                    .isInstanceOf(SpdyPingFrame.class);
            client.send(new DefaultSpdyWindowUpdateFrame(0, 1_000_000));
            client.send(new DefaultSpdyWindowUpdateFrame(1, 1_000_000));
            assertThat(client.drain(1)).hasSize(100_000 - 64 * 1024 - 1000);
        }
    }

    @Test
    void endsAStreamThatTheClientResets() throws Exception {
        var outcome = new CompletableFuture<Throwable>();
        try (var loop = new Loopback(request -> new Response.SpdyUpgrade(Headers.EMPTY, connection -> {
                    SpdyStream stream = connection.accept().orElseThrow();
                    try {
                        stream.in().read();
                    } catch (IOException reset) {
                        outcome.complete(reset);
                    }
                }));
                var client = new Client(loop)) {
            client.open(1, "");
            client.send(new DefaultSpdyRstStreamFrame(1, 5));

            assertThat(outcome.get(30, TimeUnit.SECONDS)).hasMessage("the stream was reset");
        }
    }

    @Test
    void noMoreStreamsComeWhenTheClientGoes() throws Exception {
        var ended = new CompletableFuture<Boolean>();
        try (var loop = new Loopback(request -> new Response.SpdyUpgrade(Headers.EMPTY, connection -> {
            boolean hadStream = connection.accept().isPresent();
            boolean isOver = connection.accept().isEmpty();
            boolean staysOver = connection.accept().isEmpty();
            ended.complete(hadStream && isOver && staysOver);
        }))) {
            try (var client = new Client(loop)) {
                client.open(1, "");
                client.next(frame -> frame instanceof SpdySynReplyFrame);
            }

            assertThat(ended.get(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void travelsThroughAWebSocket() throws Exception {
        try (var loop = new Loopback(request -> new Response.WebSocketUpgrade(
                WebSocket.choose(request, List.of(SpdyOverWebSocket.SUBPROTOCOL)), socket -> {
                    SpdyConnection connection = SpdyOverWebSocket.serve(socket);
                    echo(connection);
                }))) {
            WebSocket socket = loop.dialer
                    .webSocket("/", Headers.EMPTY, List.of(SpdyOverWebSocket.SUBPROTOCOL))
                    .socket();
            assertThat(socket.subprotocol()).contains(SpdyOverWebSocket.SUBPROTOCOL);
            var frames = new SpdyFrames();
            var open = new DefaultSpdySynStreamFrame(1, 0, (byte) 0);
            open.headers().set("streamtype", "data");
            socket.sendBinary(frames.encode(open));
            var data = new DefaultSpdyDataFrame(1, Unpooled.copiedBuffer("8080", UTF_8));
            data.setLast(true);
            socket.sendBinary(frames.encode(data));

            var text = new StringBuilder();
            for (boolean isLast = false; !isLast; ) {
                byte[] payload = socket.receive().orElseThrow().payload();
                for (SpdyFrame frame : frames.decode(payload, payload.length)) {
                    if (frame instanceof SpdyDataFrame echoed) {
                        text.append(echoed.content().toString(UTF_8));
                        isLast = echoed.isLast();
                    }
                }
            }
            assertThat(text).hasToString("data8080");
            socket.close(1000, "");
        }
    }

    @Test
    void whatAServerSaidBeforeItWentIsReadToItsEnd() throws Exception {
        var isGone = new AtomicBoolean();
        var toServer = new OutputStream() {
            @Override
            public void write(int value) throws IOException {
                if (isGone.get()) {
                    throw new IOException("Broken pipe");
                }
            }
        };
        var fromServer = new PipedOutputStream();
        var frames = new SpdyFrames();
        var connection = FramedSpdyConnection.startClient(new PipedInputStream(fromServer), toServer);
        SpdyStream stream = connection.open(Headers.of("streamtype", "stdout"));

        isGone.set(true);
        fromServer.write(frames.encode(new DefaultSpdyDataFrame(1, Unpooled.copiedBuffer("last ", UTF_8))));
        fromServer.write(frames.encode(new DefaultSpdyPingFrame(2)));
        fromServer.write(frames.encode(new DefaultSpdyDataFrame(1, Unpooled.copiedBuffer("words", UTF_8))));
        fromServer.close();

        assertThat(new String(stream.in().readAllBytes(), UTF_8)).isEqualTo("last words");
    }

    @Test
    void garbageEndsTheConnection() throws Exception {
        try (var loop = spdyServer();
                var raw = loop.dialer.upgrade(Client.handshake())) {
            byte[] garbage = new byte[64];
            java.util.Arrays.fill(garbage, (byte) 0xff);
            raw.out().write(garbage);
            raw.out().flush();

            byte[] left = raw.in().readAllBytes();

            assertThat(left.length).as("at most a last GOAWAY").isLessThan(32);
        }
    }

    private static Loopback spdyServer() throws IOException {
        return new Loopback(request ->
                new Response.SpdyUpgrade(Headers.of("X-Stream-Protocol-Version", "v4.channel.k8s.io"), SpdyTest::echo));
    }

    /// The client's end, frame by frame.
    private static final class Client implements AutoCloseable {

        private final HttpDialer.Upgraded raw;
        private final SpdyFrames frames = new SpdyFrames();
        private final Deque<SpdyFrame> received = new ArrayDeque<>();

        Client(Loopback loop) throws IOException {
            raw = loop.dialer.upgrade(handshake());
            assertThat(raw.headers().first("Upgrade")).contains("SPDY/3.1");
        }

        static HttpDialer.Call handshake() {
            return Loopback.upgrade("/exec", "SPDY/3.1");
        }

        void open(int id, String type) throws IOException {
            var frame = new DefaultSpdySynStreamFrame(id, 0, (byte) 0);
            frame.headers().set("streamtype", type);
            send(frame);
        }

        void data(int id, String text, boolean isLast) throws IOException {
            var frame = new DefaultSpdyDataFrame(id, Unpooled.copiedBuffer(text, UTF_8));
            frame.setLast(isLast);
            send(frame);
        }

        void dataInPieces(int id, String text) {
            try {
                for (int i = 0; i < text.length(); i += 10_000) {
                    data(id, text.substring(i, i + 10_000), i + 10_000 >= text.length());
                }
            } catch (IOException broken) {
                throw new java.io.UncheckedIOException(broken);
            }
        }

        synchronized void send(SpdyFrame frame) throws IOException {
            raw.out().write(frames.encode(frame));
            raw.out().flush();
        }

        SpdyFrame next(Predicate<SpdyFrame> wanted) throws IOException {
            while (true) {
                SpdyFrame frame = next();
                if (wanted.test(frame)) {
                    return frame;
                }
            }
        }

        /// The data of one stream up to its end; those of others wait.
        String drain(int id) throws IOException {
            return new String(collect(id, Integer.MAX_VALUE), UTF_8);
        }

        byte[] collect(int id, int most) throws IOException {
            var bytes = new ByteArrayOutputStream();
            var others = new ArrayDeque<SpdyFrame>();
            boolean isLast = false;
            while (!isLast && bytes.size() < most) {
                SpdyFrame frame = next();
                if (frame instanceof SpdyDataFrame data && data.streamId() == id) {
                    bytes.writeBytes(ByteBufUtil.getBytes(data.content()));
                    isLast = data.isLast();
                } else {
                    others.add(frame);
                }
            }
            // They came before what is still unread.
            others.descendingIterator().forEachRemaining(received::addFirst);
            return bytes.toByteArray();
        }

        private SpdyFrame next() throws IOException {
            byte[] bytes = new byte[8192];
            InputStream in = raw.in();
            while (received.isEmpty()) {
                int count = in.read(bytes);
                if (count < 0) {
                    throw new IOException("the server closed");
                }
                received.addAll(frames.decode(bytes, count));
            }
            return received.poll();
        }

        @Override
        public void close() {
            raw.close();
        }
    }
}
