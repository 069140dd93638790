package dev.longshore.apiserver.relay;

import dev.longshore.http.Headers;
import dev.longshore.http.HttpDialer;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// What every proxy does with a request and its answer.
///
/// ```
/// client ══ request ══► API server ══ the same, with other headers ══► back end
///        ◄═ 101 or answer ═        ◄══════════════════════════════════
///        ◄══════ bytes, both ways, each direction ends on its own ═══►
/// ```
public final class Relay {

    private static final int BUFFER = 64 << 10;
    private static final String LENGTH = "[0-9]{1,18}";

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

    private Relay() {}

    /// A back end neither agreed to an upgrade nor refused it.
    public static final class NoUpgradeException extends IOException {
        NoUpgradeException(String what) {
            super(what);
        }
    }

    /// The headers that are not about one connection: neither those that are always so, nor those that
    /// `Connection` names.
    public static Headers endToEnd(Headers headers) {
        var dropped = new HashSet<>(PER_CONNECTION);
        for (String line : headers.all("Connection")) {
            for (String name : line.split(",", -1)) {
                dropped.add(name.strip().toLowerCase(Locale.ROOT));
            }
        }
        Headers kept = headers;
        for (String name : dropped) {
            kept = kept.without(name);
        }
        return kept;
    }

    /// The call that carries `request` with its body to `target`, with `headers`.
    public static HttpDialer.Call call(String target, Request request, Headers headers) {
        Optional<Long> length = length(request.headers());
        boolean hasBody = length.map(bytes -> bytes > 0)
                .orElseGet(() -> request.headers().first("Transfer-Encoding").isPresent());
        return hasBody
                ? new HttpDialer.Call(request.method(), target, headers, request.body(), length.orElse(-1L))
                : HttpDialer.Call.of(request.method(), target, headers);
    }

    /// True if the client wants to leave HTTP.
    public static boolean isUpgrade(Request request) {
        return request.headers().hasToken("Connection", "Upgrade");
    }

    /// Asks for the upgrade that `request` asks for, with `headers` in place of its own. When the back end refuses,
    /// its refusal is the answer.
    ///
    /// @param whenDone runs when nothing more will come
    public static Response upgrade(
            HttpDialer dialer, String target, Request request, Headers headers, Runnable whenDone) throws IOException {
        Headers all = headers.with("Connection", "Upgrade");
        for (String protocol : request.headers().all("Upgrade")) {
            all = all.with("Upgrade", protocol);
        }
        HttpDialer.Upgraded backend = dialer.upgrade(HttpDialer.Call.of(request.method(), target, all));
        if (backend.isUpgraded()) {
            return new Response.Hijack(
                    backend.status(), backend.headers(), (in, out) -> pump(backend, in, out, whenDone));
        }
        if (backend.status() < 400) {
            backend.close();
            throw new NoUpgradeException("invalid upgrade response: status code " + backend.status());
        }
        return new Response.Stream(backend.status(), endToEnd(backend.headers()), out -> {
            try (backend) {
                copy(backend.in(), out);
            } finally {
                whenDone.run();
            }
        });
    }

    /// The length that a message says it has.
    public static Optional<Long> length(Headers headers) {
        return headers.first("Content-Length")
                .filter(text -> text.matches(LENGTH))
                .map(Long::parseLong);
    }

    /// Copies until the end, and holds nothing back: what is here goes out, in as few pieces as may be.
    public static void copy(InputStream from, OutputStream to) throws IOException {
        byte[] buffer = new byte[BUFFER];
        for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
            while (count < buffer.length && from.available() > 0) {
                int more = from.read(buffer, count, buffer.length - count);
                if (more < 0) {
                    break;
                }
                count += more;
            }
            to.write(buffer, 0, count);
            to.flush();
        }
    }

    /// Ends when the back end has said all; until then the client may end its own direction.
    private static void pump(HttpDialer.Upgraded backend, InputStream in, OutputStream out, Runnable whenDone)
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
            whenDone.run();
        }
    }
}
