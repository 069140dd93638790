package dev.longshore.http;

import java.io.InputStream;
import java.io.OutputStream;

/// One stream of a [SpdyConnection], with flow control both ways.
public interface SpdyStream {

    /// The headers of SYN_STREAM (`streamtype`, `port`, `requestid` …).
    Headers headers();

    /// What the client sends; ends when it half-closes. Reading blocks.
    InputStream in();

    /// What we send; each write leaves at once; `close()` half-closes (FIN). Writing blocks while the window is
    /// full.
    OutputStream out();

    /// Ends both directions at once (RST_STREAM).
    void reset();
}
