package dev.longshore.builder.stage;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.Optional;

/// Where builds find SSH agents. Called by several stages at once, when a step asks; may block.
@FunctionalInterface
public interface SshAgents {

    /// There are none.
    SshAgents NONE = id -> Optional.empty();

    /// The agent `id`.
    Optional<Agent> find(String id) throws IOException, InterruptedException;

    /// An agent.
    @FunctionalInterface
    interface Agent {
        /// A fresh connection to it, which the caller closes.
        SocketChannel connect() throws IOException;
    }
}
