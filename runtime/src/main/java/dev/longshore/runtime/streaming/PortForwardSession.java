package dev.longshore.runtime.streaming;

import dev.longshore.http.Response;
import dev.longshore.http.SpdyConnection;
import dev.longshore.http.SpdyOverWebSocket;
import dev.longshore.http.SpdyStream;
import dev.longshore.http.WebSocket;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Port-forward over SPDY, raw or within a WebSocket: for each connection the client opens a pair of streams,
/// `error` and `data`, of one `requestid` and to one `port`.
final class PortForwardSession implements Response.SpdySession, Response.WebSocketSession {

    static final String PROTOCOL = "portforward.k8s.io";
    static final String TUNNEL = "SPDY/3.1+portforward.k8s.io";
    private static final Logger log = LoggerFactory.getLogger(PortForwardSession.class);
    private static final int MOST_HALF_PAIRS = 1000;

    private final Conversations.Forward forward;
    private final String pod;

    /// `pod` is for messages.
    PortForwardSession(Conversations.Forward forward, String pod) {
        this.forward = forward;
        this.pod = pod;
    }

    @Override
    public void serve(WebSocket socket) throws IOException, InterruptedException {
        serve(SpdyOverWebSocket.serve(socket));
    }

    @Override
    public void serve(SpdyConnection connection) throws IOException, InterruptedException {
        var halves = new HashMap<String, Map<String, SpdyStream>>();
        var pumps = new java.util.ArrayList<Thread>();
        try {
            for (var next = connection.accept(); next.isPresent(); next = connection.accept()) {
                SpdyStream stream = next.get();
                String type = stream.headers().first("streamtype").orElse("");
                Optional<Integer> port = port(stream);
                if (port.isEmpty()
                        || !(type.equals("data") || type.equals("error"))
                        || halves.size() > MOST_HALF_PAIRS) {
                    stream.reset();
                    continue;
                }
                // Clients that send no request id open the streams of one pair one after the other.
                String id = stream.headers().first("requestid").orElse("port " + port.get());
                Map<String, SpdyStream> pair = halves.computeIfAbsent(id, key -> new HashMap<>());
                pair.put(type, stream);
                if (pair.size() == 2) {
                    halves.remove(id);
                    pumps.removeIf(pump -> !pump.isAlive());
                    pumps.add(Thread.ofVirtual()
                            .name("streaming-port-forward")
                            .start(() -> pump(port.get(), pair.get("data"), pair.get("error"))));
                }
            }
        } finally {
            pumps.forEach(Thread::interrupt);
            connection.close();
        }
    }

    private void pump(int port, SpdyStream data, SpdyStream error) {
        try (OutputStream out = data.out();
                OutputStream words = error.out()) {
            try {
                forward.forward(port, data.in(), out);
            } catch (RuntimeException failure) {
                String message =
                        "error forwarding port %d to pod %s, uid : %s".formatted(port, pod, failure.getMessage());
                words.write(message.getBytes(StandardCharsets.UTF_8));
                words.flush();
            }
        } catch (IOException gone) {
            log.debug("port-forward to {} broke off", pod, gone);
        } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
        }
    }

    private static Optional<Integer> port(SpdyStream stream) {
        try {
            int port = Integer.parseInt(stream.headers().first("port").orElse(""));
            return port > 0 && port < 1 << 16 ? Optional.of(port) : Optional.empty();
        } catch (NumberFormatException malformed) {
            return Optional.empty();
        }
    }
}
