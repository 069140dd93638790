package dev.longshore.http;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One client's connection: reads a request, lets the handler answer it, and so on until one side has enough.
/// All on one virtual thread; a second one watches for the client's leaving while an answer is streamed.
final class ServerConnection implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(ServerConnection.class);
    private static final Duration IDLE_LIMIT = Duration.ofMinutes(3);
    private static final Duration NO_LIMIT = Duration.ZERO;
    private static final int BUFFER = 16 << 10;

    private final Wire wire;
    private final Peer peer;
    private final Handler handler;
    private final PeekableInput in;
    private final OutputStream out;
    private final ResponseWriter writer;
    private volatile Thread thread;
    private volatile boolean isBusy;
    private volatile boolean isLast;

    ServerConnection(Wire wire, Peer peer, Handler handler) throws IOException {
        this.wire = wire;
        this.peer = peer;
        this.handler = handler;
        this.in = new PeekableInput(wire.in());
        this.out = new BufferedOutputStream(wire.out(), BUFFER);
        this.writer = new ResponseWriter(out);
    }

    @Override
    public void run() {
        thread = Thread.currentThread();
        try {
            boolean goesOn = true;
            while (goesOn && !isLast) {
                wire.readLimit(IDLE_LIMIT);
                Optional<MessageHead> head = MessageHead.read(in);
                if (head.isEmpty()) {
                    return;
                }
                wire.readLimit(NO_LIMIT);
                isBusy = true;
                goesOn = serve(head.get());
                isBusy = false;
            }
        } catch (SocketTimeoutException idle) {
            log.trace("{}: idle", peer.address());
        } catch (MessageHead.MalformedException malformed) {
            refuse(malformed);
        } catch (IOException gone) {
            log.debug("{}: connection ended: {}", peer.address(), gone.getMessage());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            wire.close();
        }
    }

    /// Lets a running request end, and none begin.
    void finish() {
        isLast = true;
        if (!isBusy) {
            wire.close();
        }
    }

    /// Ends it now.
    void abort() {
        Thread running = thread;
        if (running != null) {
            running.interrupt();
        }
        wire.close();
    }

    private boolean serve(MessageHead head) throws IOException, InterruptedException {
        String[] words = head.line().split(" ", -1);
        if (words.length != 3 || !words[2].startsWith("HTTP/1.")) {
            throw new MessageHead.MalformedException(400, "malformed request line");
        }
        if (head.headers().first("Content-Length").isPresent()
                && head.headers().hasToken("Transfer-Encoding", "chunked")) {
            throw new MessageHead.MalformedException(400, "both Content-Length and Transfer-Encoding");
        }
        boolean isOldHttp = words[2].equals("HTTP/1.0");
        boolean keepsAlive = head.keepsAlive(words[2]) && !isLast;
        boolean isAwaited = head.headers().hasToken("Expect", "100-continue");
        var body = BodyInput.of(in, head.headers(), false, isAwaited ? this::sayContinue : BodyInput.NOTHING);
        Request request = request(words[0], words[1], head.headers(), body);
        return switch (answer(request)) {
            case Response.Full full -> {
                boolean isReusable = keepsAlive && body.drain();
                writer.full(full, words[0].equals("HEAD"), isReusable);
                yield isReusable;
            }
            case Response.Stream stream -> {
                boolean isReusable = keepsAlive && body.isDone() && !isOldHttp;
                if (words[0].equals("HEAD")) {
                    writer.full(new Response.Full(stream.status(), stream.headers(), new byte[0]), true, isReusable);
                } else {
                    stream(stream, isOldHttp, isReusable, body);
                }
                yield isReusable;
            }
            case Response.Hijack hijack -> {
                writer.upgrade(hijack.status(), hijack.headers());
                hijack.session().serve(in, new HalfClosing(wire, out));
                yield false;
            }
            case Response.WebSocketUpgrade upgrade -> {
                writer.upgrade(101, FramedWebSocket.acceptance(request, upgrade.subprotocol()));
                FramedWebSocket.serve(in, out, upgrade);
                yield false;
            }
            case Response.SpdyUpgrade upgrade -> {
                var headers = Headers.of("Connection", "Upgrade", "Upgrade", "SPDY/3.1");
                var all = new Headers[] {headers};
                upgrade.headers().forEach((name, value) -> all[0] = all[0].with(name, value));
                writer.upgrade(101, all[0]);
                var connection = new SpdyServerConnection(in, out);
                try {
                    connection.start();
                    upgrade.session().serve(connection);
                } finally {
                    connection.close();
                }
                yield false;
            }
        };
    }

    private Request request(String method, String target, Headers headers, InputStream body) throws IOException {
        String raw = target.startsWith("http://") || target.startsWith("https://")
                ? target.substring(Math.max(target.indexOf('/', target.indexOf("//") + 2), 0))
                : target;
        if (!raw.startsWith("/") && !raw.equals("*")) {
            throw new MessageHead.MalformedException(400, "malformed request target");
        }
        int question = raw.indexOf('?');
        return new Request(
                method,
                Paths.decode(question < 0 ? raw : raw.substring(0, question)),
                raw,
                question < 0 ? Query.EMPTY : Query.parse(raw.substring(question + 1)),
                headers,
                body,
                peer,
                Map.of());
    }

    private Response answer(Request request) throws InterruptedException {
        try {
            return handler.handle(request);
        } catch (IOException | RuntimeException broken) {
            log.error("{} {} failed", request.method(), request.path(), broken);
            return Response.text(500, "internal error\n");
        }
    }

    private void stream(Response.Stream stream, boolean isOldHttp, boolean isReusable, BodyInput body)
            throws IOException, InterruptedException {
        BodyOutput output = writer.stream(stream, isOldHttp, isReusable);
        Thread streaming = Thread.currentThread();
        var isStreaming = new java.util.concurrent.atomic.AtomicBoolean(true);
        if (body.isDone()) {
            in.watch(() -> {
                synchronized (isStreaming) {
                    if (isStreaming.get()) {
                        streaming.interrupt();
                    }
                }
            });
        }
        try {
            stream.body().writeTo(output);
        } catch (RuntimeException broken) {
            throw new IOException("a streamed answer broke off: " + broken, broken);
        } finally {
            synchronized (isStreaming) {
                isStreaming.set(false);
            }
        }
        output.end();
    }

    private void sayContinue() {
        try {
            out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            out.flush();
        } catch (IOException gone) {
            throw new java.io.UncheckedIOException(gone);
        }
    }

    private void refuse(MessageHead.MalformedException malformed) {
        try {
            writer.full(Response.text(malformed.status(), malformed.getMessage() + "\n"), false, false);
        } catch (IOException gone) {
            log.debug("{}: left before it was refused: {}", peer.address(), gone.getMessage());
        }
    }

    /// Closing it tells the peer that no more comes, and leaves the other direction open.
    private static final class HalfClosing extends OutputStream {
        private final Wire wire;
        private final OutputStream out;

        HalfClosing(Wire wire, OutputStream out) {
            this.wire = wire;
            this.out = out;
        }

        @Override
        public void write(int octet) throws IOException {
            out.write(octet);
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            out.write(from, offset, length);
        }

        @Override
        public void flush() throws IOException {
            out.flush();
        }

        @Override
        public void close() throws IOException {
            out.flush();
            wire.shutdownOutput();
        }
    }
}
