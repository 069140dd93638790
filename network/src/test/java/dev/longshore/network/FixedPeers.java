package dev.longshore.network;

import dev.longshore.network.view.PeerSource;
import dev.longshore.network.view.PeerView;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/// Nodes that a test sets.
final class FixedPeers implements PeerSource {

    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile List<PeerView> peers = List.of();

    void set(PeerView... now) {
        peers = List.of(now);
        listeners.forEach(Runnable::run);
    }

    @Override
    public Optional<List<PeerView>> peers() {
        return Optional.of(peers);
    }

    @Override
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    @Override
    public void start() {
        listeners.forEach(Runnable::run);
    }

    @Override
    public void close() {
        listeners.clear();
    }
}
