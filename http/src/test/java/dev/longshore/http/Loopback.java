package dev.longshore.http;

import dev.longshore.base.Time;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// A server on a free port of this machine and a client of it.
final class Loopback implements AutoCloseable {

    final HttpServer server;
    final HttpDialer dialer;
    final int port;

    Loopback(Handler handler) throws IOException {
        this(handler, HttpServer.Limits.DEFAULT.withGrace(Duration.ofMillis(200)));
    }

    Loopback(Handler handler, HttpServer.Limits limits) throws IOException {
        server = new HttpServer(handler, Time.system(), limits);
        port = server.listen(anyPort());
        dialer = new HttpDialer(new Endpoint.Tcp("127.0.0.1", port), Time.system());
    }

    static InetSocketAddress anyPort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    String get(String target) throws IOException {
        try (ClientResponse response = dialer.exchange(ClientRequest.of("GET", target))) {
            return response.status() + " " + new String(response.bytes(1 << 20), StandardCharsets.UTF_8);
        }
    }

    @Override
    public void close() {
        dialer.close();
        server.close();
    }
}
