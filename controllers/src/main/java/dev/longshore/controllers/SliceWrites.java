package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Optional;

/// Writes slices, and remembers what it wrote.
final class SliceWrites {

    private final KubernetesClient client;
    private final SliceTracker tracker;

    SliceWrites(KubernetesClient client, SliceTracker tracker) {
        this.client = client;
        this.tracker = tracker;
    }

    /// Makes `changes` true for `owner`, a Service or Endpoints of that name. Nothing is created for one that is
    /// going, or in a namespace that is.
    ///
    /// @param trigger when that happened for which they change; empty to say nothing of it
    void carryOut(HasMetadata owner, EndpointSlices.Changes changes, Optional<Instant> trigger) {
        String key = Keys.of(owner);
        if (!Keys.isBeingDeleted(owner)) {
            for (EndpointSlice slice : changes.create()) {
                try {
                    tracker.wrote(key, client.resource(said(slice, trigger)).create());
                } catch (KubernetesClientException refused) {
                    if (Refusals.isOfEndingNamespace(refused)) {
                        return;
                    }
                    throw refused;
                }
            }
        }
        changes.update()
                .forEach(slice ->
                        tracker.wrote(key, client.resource(said(slice, trigger)).update()));
        changes.delete().forEach(slice -> delete(key, slice));
    }

    /// Deletes `slice`, one of `key`.
    void delete(String key, EndpointSlice slice) {
        try {
            client.resource(slice).delete();
        } catch (KubernetesClientException refused) {
            if (!Refusals.isNotFound(refused)) {
                throw refused;
            }
        }
        tracker.deleted(key, slice);
    }

    private static EndpointSlice said(EndpointSlice slice, Optional<Instant> trigger) {
        var annotations = new HashMap<>(StorageClaims.annotations(slice));
        annotations.remove(TriggerTimes.ANNOTATION);
        trigger.ifPresent(time -> annotations.put(TriggerTimes.ANNOTATION, time.toString()));
        slice.getMetadata().setAnnotations(annotations);
        return slice;
    }
}
