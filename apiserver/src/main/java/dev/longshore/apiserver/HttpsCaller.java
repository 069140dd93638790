package dev.longshore.apiserver;

import dev.longshore.base.Time;
import dev.longshore.http.Headers;
import dev.longshore.http.HttpDialer;
import dev.longshore.http.TlsClient;
import dev.longshore.model.OutboundHttp;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// Asks servers outside over TLS, and over nothing else. Every exchange has a connection of its own; answers
/// that lead elsewhere are followed, by HTTPS only and ten times at most; another host is shown no credentials.
/// Thread-safe.
public final class HttpsCaller implements OutboundHttp {

    private static final int HTTPS = 443;
    private static final int LARGEST = 4 * 1024 * 1024;
    private static final int PIECE = 64 * 1024;
    private static final int MOST_MOVES = 10;
    private static final Set<Integer> MOVES = Set.of(301, 302, 303, 307, 308);

    private final TlsClient tls;
    private final Time time;

    /// @param tls whom to believe, and what to show
    public HttpsCaller(HttpDialer.Tls tls, Time time) {
        this.tls = TlsClient.of(tls);
        this.time = time;
    }

    @Override
    public Answer send(String method, URI url, Map<String, String> headers, byte[] body, Duration limit)
            throws IOException {
        long deadline = time.nanoTime() + limit.toNanos();
        URI target = url;
        Map<String, String> shown = headers;
        for (int moves = 0; moves <= MOST_MOVES; moves++) {
            Exchanged exchanged = exchange(method, target, shown, body, deadline);
            if (exchanged.moved == null || !method.equals("GET")) {
                return exchanged.answer;
            }
            URI next = moved(target, exchanged.moved);
            if (!Objects.equals(next.getRawAuthority(), target.getRawAuthority())) {
                shown = withoutCredentials(shown);
            }
            target = next;
        }
        throw new IOException(url + ": stopped after " + MOST_MOVES + " redirects");
    }

    private static URI moved(URI from, String to) throws IOException {
        try {
            return from.resolve(to);
        } catch (IllegalArgumentException malformed) {
            throw new IOException(from + " leads to what is no URL", malformed);
        }
    }

    private static Map<String, String> withoutCredentials(Map<String, String> headers) {
        var rest = new LinkedHashMap<>(headers);
        rest.keySet().removeIf(name -> name.equalsIgnoreCase("Authorization"));
        return rest;
    }

    /// @param moved where it is now, or null
    private record Exchanged(Answer answer, String moved) {}

    private Exchanged exchange(String method, URI url, Map<String, String> headers, byte[] body, long deadline)
            throws IOException {
        if (!"https".equalsIgnoreCase(url.getScheme()) || url.getHost() == null) {
            throw new IOException(url + " is no URL of https");
        }
        String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        String target = url.getRawQuery() == null ? path : path + "?" + url.getRawQuery();
        Headers sent = Headers.EMPTY;
        for (var header : headers.entrySet()) {
            sent = sent.with(header.getKey(), header.getValue());
        }
        HttpDialer.Call call = body.length == 0
                ? HttpDialer.Call.of(method, target, sent)
                : HttpDialer.Call.of(method, target, sent, body);
        int port = url.getPort() < 0 ? HTTPS : url.getPort();
        try (HttpDialer dialer = HttpDialer.tls(url.getHost(), port, tls);
                HttpDialer.Answer answer = dialer.exchange(call, left(url, deadline))) {
            byte[] read = read(answer.body(), url, deadline);
            String moved = MOVES.contains(answer.status())
                    ? answer.headers().first("Location").orElse(null)
                    : null;
            return new Exchanged(new Answer(answer.status(), read), moved);
        } catch (IOException failed) {
            throw new IOException(method + " \"" + url + "\": " + failed.getMessage(), failed);
        }
    }

    private byte[] read(InputStream in, URI url, long deadline) throws IOException {
        var all = new ByteArrayOutputStream();
        byte[] piece = new byte[PIECE];
        for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
            all.write(piece, 0, count);
            if (all.size() > LARGEST) {
                throw new IOException("the answer is larger than " + LARGEST + " bytes");
            }
            left(url, deadline);
        }
        return all.toByteArray();
    }

    private Duration left(URI url, long deadline) throws IOException {
        long nanos = deadline - time.nanoTime();
        if (nanos <= 0) {
            throw new IOException(url.getHost() + " took too long");
        }
        return Duration.ofNanos(nanos);
    }
}
