package dev.longshore.runtime.cri.server;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/// Wakes whoever waits for something to have happened. Thread-safe.
final class Bell {

    private final Set<Semaphore> listeners = ConcurrentHashMap.newKeySet();

    /// Something has happened.
    void ring() {
        listeners.forEach(Semaphore::release);
    }

    /// A semaphore that gets a permit at each ring, until [#leave].
    Semaphore join() {
        var listener = new Semaphore(0);
        listeners.add(listener);
        return listener;
    }

    void leave(Semaphore listener) {
        listeners.remove(listener);
    }
}
