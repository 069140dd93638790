package dev.longshore.controllers;

import dev.longshore.client.ControllerLoop;
import dev.longshore.client.EventRecorder;
import dev.longshore.client.EventRecorder.Type;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// Says in EndpointSlices what people wrote into the Endpoints of Services without selectors.
final class EndpointSliceMirroringController implements Reconciler {

    static final String NAME = "endpointslicemirroring-controller";

    private static final String SKIP = "endpointslice.kubernetes.io/skip-mirror";
    private static final String LEADER = "control-plane.alpha.kubernetes.io/leader";

    private static final Duration STALE = Duration.ofMillis(50);
    private static final Duration AFTER_SLICES = Duration.ofSeconds(1);

    private final Informers informers;
    private final EventRecorder events;
    private final SliceTracker tracker = new SliceTracker();
    private final SliceWrites writes;

    private EndpointSliceMirroringController(ControllerContext context) {
        this.informers = context.informers();
        this.writes = new SliceWrites(context.clients().apply(NAME), tracker);
        this.events = context.events(NAME, "endpoint-slice-mirroring-controller");
    }

    static Controller create(ControllerContext context) {
        var controller = new EndpointSliceMirroringController(context);
        var loop = new ControllerLoop(NAME, controller, 2, context.time());
        context.informers().onChange(Endpoints.class, endpoints -> loop.queue().add(Keys.of(endpoints)));
        context.informers().onChange(Service.class, service -> loop.queue().add(Keys.of(service)));
        context.informers()
                .of(EndpointSlice.class)
                .addEventHandler(new SliceChanges(
                        MirroredSlices.US,
                        controller.tracker,
                        key -> loop.queue().addAfter(key, AFTER_SLICES)));
        return Controller.of(NAME, loop, controller.events);
    }

    @Override
    public Outcome reconcile(String key) {
        List<EndpointSlice> present = informers.in(EndpointSlice.class, Keys.namespace(key)).stream()
                .filter(slice -> SliceChanges.service(slice, MirroredSlices.US).equals(Optional.of(key)))
                .toList();
        Optional<Endpoints> endpoints = informers.find(Endpoints.class, key).filter(found -> isMirrored(found, key));
        if (endpoints.isEmpty()) {
            tracker.forget(key);
            present.forEach(slice -> writes.delete(key, slice));
            tracker.forget(key);
            return Outcome.done();
        }
        if (tracker.areStale(key, present)) {
            return new Outcome.RetryAfter(STALE);
        }
        MirroredSlices mirrored = MirroredSlices.converge(endpoints.get(), present);
        if (mirrored.skipped() > 0) {
            events.event(
                    endpoints.get(),
                    Type.WARNING,
                    "TooManyAddressesToMirror",
                    "A max of %d addresses can be mirrored to EndpointSlices per Endpoints subset. %d addresses were skipped"
                            .formatted(MirroredSlices.MOST, mirrored.skipped()));
        }
        writes.carryOut(endpoints.get(), mirrored.changes(), Optional.empty());
        return Outcome.done();
    }

    private boolean isMirrored(Endpoints endpoints, String key) {
        Map<String, String> labels =
                Objects.requireNonNullElse(endpoints.getMetadata().getLabels(), Map.of());
        return !"true".equals(labels.get(SKIP))
                && !StorageClaims.annotations(endpoints).containsKey(LEADER)
                && informers
                        .find(Service.class, key)
                        .filter(service -> Objects.requireNonNullElse(
                                        service.getSpec().getSelector(), Map.of())
                                .isEmpty())
                        .isPresent();
    }
}
