package dev.longshore.runtime.streaming;

import dev.longshore.base.Time;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.http.SpdyConnection;
import dev.longshore.http.SpdyStream;
import dev.longshore.runtime.Streams;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Exec and attach over SPDY: the client opens a stream each for stdin, stdout, stderr, error and resize, and
/// says in the header `streamtype` which is which.
final class SpdySession implements Response.SpdySession {

    static final String VERSION = "X-Stream-Protocol-Version";
    private static final String V1 = "channel.k8s.io";
    private static final String V4 = "v4.channel.k8s.io";
    private static final List<String> VERSIONS = List.of(V4, "v3.channel.k8s.io", "v2.channel.k8s.io", V1);
    private static final int LONGEST_SIZE = 1024;
    private static final Duration OPENING = Duration.ofSeconds(30);

    private final StreamOptions options;
    private final RemoteSession session;
    private final Time time;
    private final String version;

    SpdySession(StreamOptions options, RemoteSession session, Time time, String version) {
        this.options = options;
        this.session = session;
        this.time = time;
        this.version = version;
    }

    /// The first version that the client offers and that is spoken here; the oldest when it offers none.
    static Optional<String> choose(Request request) {
        List<String> offers = request.headers().all(VERSION).stream()
                .flatMap(line -> List.of(line.split(",", -1)).stream())
                .map(String::strip)
                .toList();
        return offers.isEmpty()
                ? Optional.of(V1)
                : offers.stream().filter(VERSIONS::contains).findFirst();
    }

    @Override
    public void serve(SpdyConnection connection) throws IOException, InterruptedException {
        Map<String, SpdyStream> streams = await(connection);
        if (streams.isEmpty()) {
            return;
        }
        var sizes = new Sizes();
        Optional.ofNullable(streams.get("resize")).ifPresent(stream -> follow(stream, sizes));
        Thread main = Thread.currentThread();
        Thread watcher =
                Thread.ofVirtual().name("streaming-spdy-watcher").start(() -> awaitDeparture(connection, main));
        try {
            ExitReport report = ExitReport.of(
                    session,
                    new Streams.Stdio(
                            Optional.ofNullable(streams.get("stdin")).map(SpdyStream::in),
                            Optional.ofNullable(streams.get("stdout"))
                                    .map(SpdyStream::out)
                                    .map(Flushing::new),
                            Optional.ofNullable(streams.get("stderr"))
                                    .map(SpdyStream::out)
                                    .map(Flushing::new)),
                    options.tty() ? sizes : Optional::empty);
            finish(streams, report);
        } finally {
            watcher.interrupt();
        }
    }

    private void finish(Map<String, SpdyStream> streams, ExitReport report) throws IOException {
        for (String output : List.of("stdout", "stderr")) {
            if (streams.containsKey(output)) {
                streams.get(output).out().close();
            }
        }
        OutputStream error = streams.get("error").out();
        error.write(version.equals(V4) ? report.status() : report.words());
        error.flush();
        error.close();
    }

    /// Every stream that the options ask for; none when the client went away or took too long.
    private Map<String, SpdyStream> await(SpdyConnection connection) throws IOException, InterruptedException {
        int expected = 1 + count(options.stdin()) + count(options.stdout()) + count(options.stderr());
        boolean hasResize = options.tty() && !version.equals(V1) && !version.startsWith("v2");
        var streams = new HashMap<String, SpdyStream>();
        Time.Timer limit = time.schedule(OPENING, connection::close);
        try {
            while (streams.size() < expected + count(hasResize)) {
                Optional<SpdyStream> stream = connection.accept();
                if (stream.isEmpty()) {
                    return Map.of();
                }
                streams.put(stream.get().headers().first("streamtype").orElse(""), stream.get());
            }
        } finally {
            limit.cancel();
        }
        return streams;
    }

    private static int count(boolean wanted) {
        return wanted ? 1 : 0;
    }

    /// No further stream is expected: what comes is the end of the connection.
    private static void awaitDeparture(SpdyConnection connection, Thread main) {
        try {
            Optional<SpdyStream> next = connection.accept();
            while (next.isPresent()) {
                next.get().reset();
                next = connection.accept();
            }
            main.interrupt();
        } catch (IOException broken) {
            main.interrupt();
        } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
        }
    }

    private static void follow(SpdyStream stream, Sizes sizes) {
        Thread.ofVirtual().name("streaming-spdy-resizes").start(() -> {
            try (var sizesIn = stream.in()) {
                var object = new ByteArrayOutputStream();
                // An object after the other, whatever is between them: not every client ends its lines.
                for (int next = sizesIn.read(); next >= 0 && object.size() < LONGEST_SIZE; next = sizesIn.read()) {
                    object.write(next);
                    if (next == '}') {
                        sizes.put(object.toByteArray());
                        object.reset();
                    }
                }
            } catch (IOException over) {
                // The connection has ended, and with it the terminal.
            } finally {
                sizes.end();
            }
        });
    }

    /// Sends at once what is written: there is somebody waiting for it.
    private static final class Flushing extends OutputStream {
        private final OutputStream out;

        Flushing(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
            out.flush();
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            out.write(from, offset, length);
            out.flush();
        }

        @Override
        public void flush() throws IOException {
            out.flush();
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }
}
