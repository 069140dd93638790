package dev.longshore.apiserver;

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
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// A [ConnectDialer] that dials: kubelets over TLS that the cluster's CA vouches for, workloads as they are.
///
/// ```
/// client ══ request ══► API server ══ the same, without credentials ══► kubelet
///        ◄═ 101 or answer ═        ◄══════════════════════════════════
///        ◄══════ bytes, both ways, each direction ends on its own ════►
/// ```
public final class BackendDialer implements ConnectDialer {

    private static final int BUFFER = 16 << 10;
    /// They belong to one connection, and each of ours has its own.
    private static final Set<String> PER_CONNECTION = Set.of(
            "connection",
            "content-length",
            "host",
            "keep-alive",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    private final List<X509Certificate> kubeletAuthorities;
    private final Optional<TlsIdentity> kubeletClient;

    /// @param kubeletAuthorities who vouches for kubelets
    /// @param kubeletClient what we show to kubelets
    public BackendDialer(List<X509Certificate> kubeletAuthorities, TlsIdentity kubeletClient) {
        this.kubeletAuthorities = List.copyOf(kubeletAuthorities);
        this.kubeletClient = Optional.of(kubeletClient);
    }

    @Override
    public Response connect(ConnectTarget target, Request request) throws IOException {
        HttpDialer dialer = dialer(target);
        String query = new Query(target.query()).encode();
        String path = query.isEmpty() ? target.path() : target.path() + "?" + query;
        boolean isUpgrade = request.headers().hasToken("Connection", "Upgrade");
        try {
            return isUpgrade ? upgrade(dialer, path, request) : exchange(dialer, path, request);
        } catch (IOException unreachable) {
            dialer.close();
            throw unreachable;
        }
    }

    private HttpDialer dialer(ConnectTarget target) {
        boolean isPlain = target.scheme().equals("http");
        return switch (target.trust()) {
            case KUBELET ->
                HttpDialer.tls(
                        target.host(),
                        target.port(),
                        new HttpDialer.Tls(kubeletAuthorities, kubeletClient, Optional.empty()));
            case WORKLOAD ->
                isPlain
                        ? HttpDialer.tcp(target.host(), target.port())
                        : HttpDialer.tls(
                                target.host(),
                                target.port(),
                                new HttpDialer.Tls(List.of(), Optional.empty(), Optional.empty()));
        };
    }

    private static Response exchange(HttpDialer dialer, String path, Request request) throws IOException {
        HttpDialer.Answer answer = dialer.exchange(call(path, request, endToEnd(request.headers())), Duration.ZERO);
        return new Response.Stream(answer.status(), endToEnd(answer.headers()), out -> {
            try (answer) {
                copy(answer.body(), out);
            } finally {
                dialer.close();
            }
        });
    }

    private static HttpDialer.Call call(String path, Request request, Headers headers) {
        Optional<Long> length = request.headers()
                .first("Content-Length")
                .filter(text -> text.matches("\\d{1,18}"))
                .map(Long::parseLong);
        boolean hasBody = length.map(bytes -> bytes > 0)
                .orElseGet(() -> request.headers().first("Transfer-Encoding").isPresent());
        return hasBody
                ? new HttpDialer.Call(request.method(), path, headers, request.body(), length.orElse(-1L))
                : HttpDialer.Call.of(request.method(), path, headers);
    }

    private static Response upgrade(HttpDialer dialer, String path, Request request) throws IOException {
        Headers headers = endToEnd(request.headers()).with("Connection", "Upgrade");
        for (String protocol : request.headers().all("Upgrade")) {
            headers = headers.with("Upgrade", protocol);
        }
        HttpDialer.Upgraded backend = dialer.upgrade(HttpDialer.Call.of(request.method(), path, headers));
        if (backend.isUpgraded()) {
            return new Response.Hijack(
                    backend.status(), backend.headers(), (in, out) -> pump(dialer, backend, in, out));
        }
        return new Response.Stream(backend.status(), endToEnd(backend.headers()), out -> {
            try (backend) {
                copy(backend.in(), out);
            } finally {
                dialer.close();
            }
        });
    }

    /// Ends when the back end has said all; until then the client may end its own direction.
    private static void pump(HttpDialer dialer, HttpDialer.Upgraded backend, InputStream in, OutputStream out)
            throws IOException {
        try (backend) {
            Thread upward = Thread.ofVirtual().name("connect-upward").start(() -> {
                try (OutputStream end = backend.out()) {
                    copy(in, end);
                } catch (IOException gone) {
                    // One of the two left: the other direction notices by itself, or has ended already.
                    backend.close();
                }
            });
            try {
                copy(backend.in(), out);
            } finally {
                upward.interrupt();
            }
        } finally {
            dialer.close();
        }
    }

    private static void copy(InputStream from, OutputStream to) throws IOException {
        byte[] buffer = new byte[BUFFER];
        for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
            to.write(buffer, 0, count);
            to.flush();
        }
    }

    private static Headers endToEnd(Headers headers) {
        var kept = new Object() {
            Headers all = Headers.EMPTY;
        };
        headers.forEach((name, value) -> {
            if (!PER_CONNECTION.contains(name.toLowerCase(Locale.ROOT))) {
                kept.all = kept.all.with(name, value);
            }
        });
        return kept.all;
    }
}
