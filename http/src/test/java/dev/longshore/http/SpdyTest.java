package dev.longshore.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.spdy.DefaultSpdyDataFrame;
import io.netty.handler.codec.spdy.DefaultSpdySynStreamFrame;
import io.netty.handler.codec.spdy.DefaultSpdyWindowUpdateFrame;
import io.netty.handler.codec.spdy.SpdyDataFrame;
import io.netty.handler.codec.spdy.SpdyFrameCodec;
import io.netty.handler.codec.spdy.SpdySynReplyFrame;
import io.netty.handler.codec.spdy.SpdyVersion;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SpdyTest {

    private HttpServer server;
    private HttpDialer dialer;
    private HttpDialer.Upgraded line;
    private final EmbeddedChannel reader = new EmbeddedChannel(new SpdyFrameCodec(SpdyVersion.SPDY_3_1));
    private final EmbeddedChannel codec = new EmbeddedChannel(new SpdyFrameCodec(SpdyVersion.SPDY_3_1));

    @BeforeEach
    void start() throws IOException {
        server = new HttpServer(
                "spdy",
                request -> new Response.SpdyUpgrade(
                        Headers.of("X-Stream-Protocol-Version", "v4.channel.k8s.io"), connection -> {
                            for (var next = connection.accept(); next.isPresent(); next = connection.accept()) {
                                SpdyStream stream = next.get();
                                Thread.ofVirtual().start(() -> echo(stream));
                            }
                        }));
        int port = server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        dialer = HttpDialer.tcp("127.0.0.1", port);
        line = dialer.upgrade(
                HttpDialer.Call.of("POST", "/", Headers.of("Connection", "Upgrade", "Upgrade", "SPDY/3.1")));
    }

    @AfterEach
    void stop() {
        line.close();
        dialer.close();
        server.close();
    }

    @Test
    void aStreamsBytesComeBackWithItsName() throws IOException {
        assertThat(line.status()).isEqualTo(101);
        assertThat(line.headers().first("X-Stream-Protocol-Version")).contains("v4.channel.k8s.io");

        open(1, "stdin");
        send(1, "hello".getBytes(StandardCharsets.UTF_8), true);

        assertThat(receive(1)).isEqualTo("stdin:hello".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void moreThanAWindowFlowsWhenTheReaderMakesRoom() throws IOException {
        byte[] large = new byte[300_000];
        new java.util.Random(7).nextBytes(large);
        open(1, "");
        var answer = new ByteArrayOutputStream();
        for (int offset = 0; offset < large.length; offset += 30_000) {
            send(1, java.util.Arrays.copyOfRange(large, offset, offset + 30_000), offset + 30_000 == large.length);
            receive(1, answer, offset + 30_001);
        }

        assertThat(java.util.Arrays.copyOfRange(answer.toByteArray(), 1, large.length + 1))
                .isEqualTo(large);
    }

    private static void echo(SpdyStream stream) {
        try (var out = stream.out()) {
            out.write((stream.headers().first("streamtype").orElse("") + ":").getBytes(StandardCharsets.UTF_8));
            stream.in().transferTo(out);
        } catch (IOException gone) {
            throw new java.io.UncheckedIOException(gone);
        }
    }

    private void open(int id, String type) throws IOException {
        var frame = new DefaultSpdySynStreamFrame(id, 0, (byte) 0);
        frame.headers().set("streamtype", type);
        write(frame);
    }

    private void send(int id, byte[] bytes, boolean isLast) throws IOException {
        var frame = new DefaultSpdyDataFrame(id, Unpooled.wrappedBuffer(bytes));
        frame.setLast(isLast);
        write(frame);
    }

    private void write(Object frame) throws IOException {
        codec.writeOutbound(frame);
        for (ByteBuf part = codec.readOutbound(); part != null; part = codec.readOutbound()) {
            part.readBytes(line.out(), part.readableBytes());
            part.release();
        }
        line.out().flush();
    }

    private byte[] receive(int id) throws IOException {
        var content = new ByteArrayOutputStream();
        receive(id, content, Integer.MAX_VALUE);
        return content.toByteArray();
    }

    /// Reads until `wanted` bytes are there, or the stream has ended.
    private void receive(int id, ByteArrayOutputStream content, int wanted) throws IOException {
        byte[] buffer = new byte[8192];
        while (content.size() < wanted) {
            int count = line.in().read(buffer);
            assertThat(count).as("bytes before the stream ended").isPositive();
            reader.writeInbound(Unpooled.copiedBuffer(buffer, 0, count));
            for (Object frame = reader.readInbound(); frame != null; frame = reader.readInbound()) {
                if (frame instanceof SpdySynReplyFrame reply) {
                    assertThat(reply.streamId()).isEqualTo(id);
                } else if (frame instanceof SpdyDataFrame data) {
                    int length = data.content().readableBytes();
                    data.content().readBytes(content, length);
                    if (data.isLast()) {
                        return;
                    }
                    write(new DefaultSpdyWindowUpdateFrame(id, Math.max(1, length)));
                }
            }
        }
    }
}
