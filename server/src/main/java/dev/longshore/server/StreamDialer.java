package dev.longshore.server;

import dev.longshore.apiserver.ConnectDialer;
import dev.longshore.http.Headers;
import dev.longshore.http.HttpDialer;
import dev.longshore.http.Query;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.http.TlsIdentity;
import dev.longshore.model.ConnectTarget;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Leads the API server's streams (log, exec, port-forward, proxy) to kubelets and workloads, over TCP or TLS.
/// Each request has a connection of its own, which ends with it.
final class StreamDialer implements ConnectDialer {

    private static final Duration NO_LIMIT = Duration.ZERO;
    private static final int BUFFER = 16 << 10;

    /// Fields that are about one connection, not about the message (RFC 9110, section 7.6.1).
    private static final Set<String> OF_THE_CONNECTION = Set.of(
            "connection",
            "keep-alive",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "content-length",
            "host");

    private final List<X509Certificate> authorities;
    private final TlsIdentity identity;

    /// @param authorities who vouches for kubelets
    /// @param identity the API server's own, towards kubelets
    StreamDialer(List<X509Certificate> authorities, TlsIdentity identity) {
        this.authorities = List.copyOf(authorities);
        this.identity = identity;
    }

    @Override
    public Response connect(ConnectTarget target, Request request) throws IOException {
        HttpDialer dialer = dialer(target);
        String query = new Query(target.query()).encode();
        String path = query.isEmpty() ? target.path() : target.path() + "?" + query;
        boolean isUpgrade = request.headers().first("Upgrade").isPresent();
        Headers headers = passedOn(request.headers());
        if (isUpgrade) {
            headers = headers.with("Connection", "Upgrade");
            return upgraded(dialer, HttpDialer.Call.of(request.method(), path, headers));
        }
        long length = request.headers()
                .first("Content-Length")
                .map(Long::parseLong)
                .orElse(request.headers().hasToken("Transfer-Encoding", "chunked") ? -1L : 0L);
        HttpDialer.Answer answer = dialer.exchange(
                new HttpDialer.Call(request.method(), path, headers, length == 0 ? null : request.body(), length),
                NO_LIMIT);
        return new Response.Stream(answer.status(), withLength(passedOn(answer.headers()), answer.headers()), out -> {
            try (dialer;
                    answer) {
                pump(answer.body(), out);
            }
        });
    }

    private static Response upgraded(HttpDialer dialer, HttpDialer.Call call) throws IOException {
        HttpDialer.Upgraded line = dialer.upgrade(call);
        if (!line.isUpgraded()) {
            return new Response.Stream(line.status(), passedOn(line.headers()), out -> {
                try (line) {
                    pump(line.in(), out);
                }
            });
        }
        return new Response.Hijack(line.status(), line.headers(), (in, out) -> {
            try (line) {
                Thread toBackEnd = Thread.ofVirtual().name("stream-up").start(() -> pumpAndClose(in, line));
                pump(line.in(), out);
                out.close();
                toBackEnd.interrupt();
            }
        });
    }

    private static void pumpAndClose(InputStream in, HttpDialer.Upgraded line) {
        try (var out = line.out()) {
            pump(in, out);
        } catch (IOException left) {
            // One of the two hung up: the other direction ends with the connection.
            line.close();
        }
    }

    private static void pump(InputStream in, OutputStream out) throws IOException {
        byte[] buffer = new byte[BUFFER];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            out.write(buffer, 0, count);
            out.flush();
        }
    }

    private HttpDialer dialer(ConnectTarget target) {
        if (target.scheme().equals("http")) {
            return HttpDialer.tcp(target.host(), target.port());
        }
        HttpDialer.Tls tls =
                switch (target.trust()) {
                    case KUBELET -> new HttpDialer.Tls(authorities, Optional.of(identity), Optional.empty());
                    case WORKLOAD -> new HttpDialer.Tls(List.of(), Optional.empty(), Optional.empty());
                };
        return HttpDialer.tls(target.host(), target.port(), tls);
    }

    private static Headers passedOn(Headers headers) {
        var kept = new Headers[] {Headers.EMPTY};
        headers.forEach((name, value) -> {
            if (!OF_THE_CONNECTION.contains(name.toLowerCase(java.util.Locale.ROOT))) {
                kept[0] = kept[0].with(name, value);
            }
        });
        return kept[0];
    }

    private static Headers withLength(Headers headers, Headers original) {
        return original.first("Content-Length")
                .map(length -> headers.with("Content-Length", length))
                .orElse(headers);
    }
}
