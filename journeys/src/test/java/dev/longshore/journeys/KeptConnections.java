package dev.longshore.journeys;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalTime;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Asks over connections that stay open until the server says that it closes them, without ever trying a request
/// again: what a library would hide counts as a failure here.
final class KeptConnections implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final long PERIOD_MILLIS = 40;
    private static final byte[] REQUEST = "GET / HTTP/1.1\r\nHost: steady\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final InetSocketAddress target;
    private final ScheduledExecutorService workers;
    private final List<String> failures = new CopyOnWriteArrayList<>();
    private final Set<String> answers = ConcurrentHashMap.newKeySet();
    private final AtomicInteger successes = new AtomicInteger();
    private final AtomicInteger connections = new AtomicInteger();

    private KeptConnections(String host, int port, int count) {
        this.target = new InetSocketAddress(host, port);
        this.workers = Executors.newScheduledThreadPool(count);
    }

    /// Keeps `count` connections busy.
    static KeptConnections to(String host, int port, int count) {
        var kept = new KeptConnections(host, port, count);
        for (int i = 0; i < count; i++) {
            var connection = kept.new Connection();
            kept.workers.scheduleAtFixedRate(connection::ask, i * 10L, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
        }
        return kept;
    }

    List<String> failures() {
        return List.copyOf(failures);
    }

    /// The different bodies that came.
    Set<String> answers() {
        return Set.copyOf(answers);
    }

    int successes() {
        return successes.get();
    }

    /// How many connections were opened.
    int opened() {
        return connections.get();
    }

    @Override
    public void close() {
        workers.shutdown();
        try {
            if (!workers.awaitTermination(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                workers.shutdownNow();
            }
        } catch (InterruptedException interrupted) {
            workers.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    /// One at a time; used by one thread at a time.
    private final class Connection {
        private Socket socket;
        private InputStream in;

        void ask() {
            try {
                if (socket == null) {
                    open();
                }
                socket.getOutputStream().write(REQUEST);
                boolean isLast = answer();
                successes.incrementAndGet();
                if (isLast) {
                    shut();
                }
            } catch (IOException failure) {
                failures.add(LocalTime.now() + " " + failure);
                shut();
            }
        }

        private void open() throws IOException {
            socket = new Socket();
            socket.setSoTimeout(Math.toIntExact(LIMIT.toMillis()));
            socket.setTcpNoDelay(true);
            socket.connect(target, Math.toIntExact(LIMIT.toMillis()));
            in = new BufferedInputStream(socket.getInputStream());
            connections.incrementAndGet();
        }

        private boolean answer() throws IOException {
            String status = line();
            if (!status.startsWith("HTTP/1.1 200")) {
                throw new IOException("answered " + status);
            }
            int length = 0;
            boolean isLast = false;
            for (String header = line(); !header.isEmpty(); header = line()) {
                if (header.startsWith("Content-Length: ")) {
                    length = Integer.parseInt(header.substring("Content-Length: ".length()));
                }
                isLast |= header.equals("Connection: close");
            }
            byte[] body = in.readNBytes(length);
            if (body.length < length) {
                throw new EOFException("the body ended early");
            }
            answers.add(new String(body, StandardCharsets.US_ASCII));
            return isLast;
        }

        private String line() throws IOException {
            var line = new StringBuilder();
            for (int next = in.read(); next != '\n'; next = in.read()) {
                if (next < 0) {
                    throw new EOFException("the connection ended after '" + line + "'");
                }
                if (next != '\r') {
                    line.append((char) next);
                }
            }
            return line.toString();
        }

        private void shut() {
            try {
                socket.close();
            } catch (IOException gone) {
                failures.add("cannot close: " + gone);
            }
            socket = null;
        }
    }
}
