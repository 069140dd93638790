package dev.longshore.network.view;

import java.util.Optional;

/// Where the picture of the cluster comes from.
public interface ViewSource extends AutoCloseable {

    /// The picture now; empty as long as not everything is known: nobody may act on half a list and take away
    /// the rules of services that are only not seen yet.
    Optional<ClusterView> view();

    /// Calls `listener` after every change, from then on; it must return at once.
    void onChange(Runnable listener);

    /// Begins to look; returns before anything is known, so that a node starts without its API server.
    void start();

    /// Looks no more.
    @Override
    void close();
}
