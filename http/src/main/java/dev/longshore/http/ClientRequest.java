package dev.longshore.http;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Duration;

/// What a client asks.
///
/// @param target path and query, percent-encoded
/// @param length bytes that `body` holds, or -1 when that is not known
/// @param headLimit how long connecting and waiting for the answer's head may take
/// @param totalLimit how long the whole exchange may take, body included; zero for no limit
public record ClientRequest(
        String method,
        String target,
        Headers headers,
        InputStream body,
        long length,
        Duration headLimit,
        Duration totalLimit) {

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /// A request without a body.
    public static ClientRequest of(String method, String target) {
        return new ClientRequest(
                method, target, Headers.EMPTY, InputStream.nullInputStream(), 0, PATIENCE, Duration.ZERO);
    }

    /// With one more header field.
    public ClientRequest with(String name, String value) {
        return new ClientRequest(method, target, headers.with(name, value), body, length, headLimit, totalLimit);
    }

    /// With these header fields instead.
    public ClientRequest with(Headers fields) {
        return new ClientRequest(method, target, fields, body, length, headLimit, totalLimit);
    }

    /// With a body in memory.
    public ClientRequest with(byte[] bytes) {
        return with(new ByteArrayInputStream(bytes), bytes.length);
    }

    /// With a body that is read while it is sent; `length` -1 when unknown.
    public ClientRequest with(InputStream stream, long bytes) {
        return new ClientRequest(method, target, headers, stream, bytes, headLimit, totalLimit);
    }

    /// With a limit on the wait for the answer's head.
    public ClientRequest headWithin(Duration limit) {
        return new ClientRequest(method, target, headers, body, length, limit, totalLimit);
    }

    /// With a limit on everything until the body of the answer has been read.
    public ClientRequest within(Duration limit) {
        return new ClientRequest(
                method, target, headers, body, length, limit.compareTo(headLimit) < 0 ? limit : headLimit, limit);
    }
}
