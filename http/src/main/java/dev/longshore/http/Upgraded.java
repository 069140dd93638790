package dev.longshore.http;

import java.io.InputStream;
import java.io.OutputStream;

/// What became of a request to leave HTTP. When [#isUpgraded()], `in` and `out` are the raw connection, first
/// bytes included, and closing `out` half-closes it; otherwise `in` is the body of the refusal. May be closed
/// by any thread.
public final class Upgraded implements AutoCloseable {

    private final int status;
    private final Headers headers;
    private final InputStream in;
    private final OutputStream out;
    private final Runnable end;

    Upgraded(int status, Headers headers, InputStream in, OutputStream out, Runnable end) {
        this.status = status;
        this.headers = headers;
        this.in = in;
        this.out = out;
        this.end = end;
    }

    /// The status code.
    public int status() {
        return status;
    }

    /// The header fields of the answer.
    public Headers headers() {
        return headers;
    }

    /// True after 101.
    public boolean isUpgraded() {
        return status == 101;
    }

    /// What the server sends.
    public InputStream in() {
        return in;
    }

    /// What we send.
    public OutputStream out() {
        return out;
    }

    @Override
    public void close() {
        end.run();
    }
}
