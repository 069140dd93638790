package dev.longshore.http.grpc;

import java.util.Optional;

/// Messages in both directions of one call, by blocking. One thread may send while another receives.
///
/// @param <I> what comes in
/// @param <O> what goes out
public interface Conversation<I, O> {

    /// Sends one message; waits while the peer takes none (its window is full).
    ///
    /// @throws GrpcException when the call is over
    void send(O message) throws InterruptedException;

    /// Whether [#send] would return at once.
    boolean isReady();

    /// The next message; empty when the peer has sent its last.
    ///
    /// @throws GrpcException when the call ended with another status than OK
    Optional<I> receive() throws InterruptedException;
}
