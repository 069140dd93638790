package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Tells the keys of the Services whose slices somebody else than their keeper changed.
final class SliceChanges implements ResourceEventHandler<EndpointSlice> {

    private final String keeper;
    private final SliceTracker tracker;
    private final Consumer<String> changed;

    SliceChanges(String keeper, SliceTracker tracker, Consumer<String> changed) {
        this.keeper = keeper;
        this.tracker = tracker;
        this.changed = changed;
    }

    /// The key of the Service that `slice` is for, if it is `keeper`'s.
    static Optional<String> service(EndpointSlice slice, String keeper) {
        Map<String, String> labels = slice.getMetadata().getLabels();
        return labels == null || !keeper.equals(labels.get(EndpointSlices.KEEPER))
                ? Optional.empty()
                : Optional.ofNullable(labels.get(EndpointSlices.SERVICE))
                        .filter(name -> !name.isEmpty())
                        .map(name -> Keys.of(slice.getMetadata().getNamespace(), name));
    }

    @Override
    public void onAdd(EndpointSlice slice) {
        service(slice, keeper).filter(key -> tracker.isNews(key, slice)).ifPresent(changed);
    }

    @Override
    public void onUpdate(EndpointSlice old, EndpointSlice slice) {
        Optional<String> before = service(old, keeper);
        Optional<String> now = service(slice, keeper);
        if (!before.equals(now)) {
            before.ifPresent(changed);
            now.ifPresent(changed);
        } else {
            now.filter(key -> tracker.isNews(key, slice)).ifPresent(changed);
        }
    }

    @Override
    public void onDelete(EndpointSlice slice, boolean isStateUnknown) {
        service(slice, keeper).filter(key -> tracker.isLost(key, slice)).ifPresent(changed);
    }
}
