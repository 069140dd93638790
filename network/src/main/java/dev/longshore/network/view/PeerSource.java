package dev.longshore.network.view;

import java.util.List;
import java.util.Optional;

/// Where the list of nodes comes from.
public interface PeerSource extends AutoCloseable {

    /// All nodes that have an address and a pod range, in order of their names; empty as long as not all are
    /// known.
    Optional<List<PeerView>> peers();

    /// Calls `listener` after every change, from then on; it must return at once.
    void onChange(Runnable listener);

    /// Begins to look; returns before anything is known.
    void start();

    /// Looks no more.
    @Override
    void close();
}
