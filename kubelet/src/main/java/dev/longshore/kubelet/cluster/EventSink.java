package dev.longshore.kubelet.cluster;

import io.fabric8.kubernetes.api.model.Event;

/// Where events end up. Blocks.
public interface EventSink {

    /// Stores a new event.
    void create(Event event);

    /// Raises the count of an event that was stored before; creates it anew if it has expired.
    void repeat(Event event);
}
