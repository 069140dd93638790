package dev.longshore.network;

import dev.longshore.network.view.ClusterView;
import dev.longshore.network.view.ViewSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/// A picture of the cluster that a test sets.
final class FixedView implements ViewSource {

    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile Optional<ClusterView> view = Optional.empty();

    void set(ClusterView now) {
        view = Optional.of(now);
        listeners.forEach(Runnable::run);
    }

    @Override
    public Optional<ClusterView> view() {
        return view;
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
