package dev.longshore.http;

import dev.longshore.base.Time;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;

/// A server on a free port of this machine and a client of it.
final class Loopback implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    final HttpServer server;
    final HttpDialer dialer;
    final int port;

    Loopback(Handler handler) throws IOException {
        server = new HttpServer(
                "test", handler, Time.system(), HttpServer.Limits.DEFAULT.withGrace(Duration.ofMillis(200)));
        port = server.listen(anyPort());
        dialer = HttpDialer.tcp("127.0.0.1", port);
    }

    static InetSocketAddress anyPort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    static HttpDialer.Call call(String method, String target) {
        return HttpDialer.Call.of(method, target, Headers.EMPTY);
    }

    static HttpDialer.Call upload(String method, String target, InputStream body) {
        return new HttpDialer.Call(method, target, Headers.EMPTY, body, -1);
    }

    static HttpDialer.Call upgrade(String target, String protocol) {
        return HttpDialer.Call.of("POST", target, Headers.of("Upgrade", protocol, "Connection", "Upgrade"));
    }

    HttpDialer.Answer ask(HttpDialer.Call call) throws IOException {
        return dialer.exchange(call, LIMIT);
    }

    String get(String target) throws IOException {
        try (HttpDialer.Answer answer = ask(call("GET", target))) {
            return answer.status() + " " + answer.text();
        }
    }

    @Override
    public void close() {
        dialer.close();
        server.close();
    }
}
