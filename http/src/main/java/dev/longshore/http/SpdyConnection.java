package dev.longshore.http;

import java.io.IOException;
import java.util.Optional;

/// The server end of a SPDY/3.1 connection, as old kubectl speaks it for exec, attach and port-forward. The
/// same interface stands over a raw connection and over a WebSocket tunnel (`SPDY/3.1+portforward.k8s.io`).
public interface SpdyConnection {

    /// The next stream that the client opened, already accepted (SYN_REPLY sent); empty when the client went
    /// away.
    Optional<SpdyStream> accept() throws IOException, InterruptedException;

    /// Closes every stream and the connection.
    void close();
}
