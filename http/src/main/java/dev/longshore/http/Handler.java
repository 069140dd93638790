package dev.longshore.http;

import java.io.IOException;

/// Answers requests. Called on a virtual thread of the request's own, concurrently; it may simply block.
/// Throwing means that the handler is broken or the peer is gone: the server answers 500 with no detail, or
/// drops the connection when the answer has begun.
@FunctionalInterface
public interface Handler {

    /// The answer to `request`. A [Response.Stream] or an upgrade goes on running on this same thread after it
    /// returns.
    Response handle(Request request) throws IOException, InterruptedException;
}
