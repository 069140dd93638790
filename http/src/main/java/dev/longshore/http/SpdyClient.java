package dev.longshore.http;

import java.io.IOException;

/// The client end of SPDY/3.1, as container runtimes want it for exec, attach and port-forward.
public final class SpdyClient implements AutoCloseable {

    private final FramedSpdyConnection connection;
    private final HttpDialer.Upgraded carrier;

    private SpdyClient(FramedSpdyConnection connection, HttpDialer.Upgraded carrier) {
        this.connection = connection;
        this.carrier = carrier;
    }

    /// What a request for the upgrade must say, beside the headers of its own.
    public static Headers asking(Headers headers) {
        return headers.with("Connection", "Upgrade").with("Upgrade", "SPDY/3.1");
    }

    /// Over a connection that was upgraded, which it closes.
    public static SpdyClient over(HttpDialer.Upgraded upgraded) {
        return new SpdyClient(FramedSpdyConnection.startClient(upgraded.in(), upgraded.out()), upgraded);
    }

    /// Opens a stream with `headers` (`streamtype` …). Does not wait for the server's reply: a stream that it
    /// refuses fails when it is read.
    public SpdyStream open(Headers headers) throws IOException {
        return connection.open(headers);
    }

    /// Ends every stream, and the connection.
    @Override
    public void close() {
        connection.close();
        carrier.close();
    }
}
