package dev.longshore.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/// The answering half of one request, as a protocol version carries it. Used by the request's thread only.
interface Exchange {

    /// Sends a whole answer.
    void send(Response.Full answer) throws IOException;

    /// Sends the head of a streamed answer; the body goes into what this returns, which is closed at the end.
    OutputStream begin(Response.Stream answer) throws IOException;

    /// False where a connection carries more than this one exchange.
    boolean mayHijack();

    /// Sends the head and leaves HTTP.
    RawStreams hijack(Response.Hijack answer) throws IOException, InterruptedException;

    /// Breaks the answer off, so that the peer can tell.
    void abort();

    /// Both directions of a connection that is no longer HTTP. Closing ends the connection once all is sent.
    record RawStreams(InputStream in, OutputStream out, Runnable end) {}
}
