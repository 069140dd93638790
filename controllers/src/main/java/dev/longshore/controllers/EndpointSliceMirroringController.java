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
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// Says in EndpointSlices what people wrote into the Endpoints of Services without selectors.
final class EndpointSliceMirroringController implements Reconciler {

    static final String NAME = "endpointslicemirroring-controller";

    private static final String SKIP = "endpointslice.kubernetes.io/skip-mirror";
    private static final String LEADER = "control-plane.alpha.kubernetes.io/leader";

    private final Informers informers;
    private final KubernetesClient client;
    private final EventRecorder events;

    private EndpointSliceMirroringController(ControllerContext context) {
        this.informers = context.informers();
        this.client = context.clients().apply(NAME);
        this.events = context.events(NAME, "endpoint-slice-mirroring-controller");
    }

    static Controller create(ControllerContext context) {
        var controller = new EndpointSliceMirroringController(context);
        var loop = new ControllerLoop(NAME, controller, 2, context.time());
        context.informers().onChange(Endpoints.class, endpoints -> loop.queue().add(Keys.of(endpoints)));
        context.informers().onChange(Service.class, service -> loop.queue().add(Keys.of(service)));
        context.informers().onChange(EndpointSlice.class, slice -> {
            if (isOurs(slice)) {
                loop.queue()
                        .add(Keys.of(
                                slice.getMetadata().getNamespace(),
                                slice.getMetadata().getLabels().get(EndpointSlices.SERVICE)));
            }
        });
        return Controller.of(NAME, loop, controller.events);
    }

    @Override
    public Outcome reconcile(String key) {
        List<EndpointSlice> present = informers.in(EndpointSlice.class, Keys.namespace(key)).stream()
                .filter(slice -> isOurs(slice)
                        && Keys.name(key).equals(slice.getMetadata().getLabels().get(EndpointSlices.SERVICE)))
                .toList();
        Optional<Endpoints> endpoints = informers.find(Endpoints.class, key).filter(found -> isMirrored(found, key));
        if (endpoints.isEmpty()) {
            present.forEach(slice -> client.resource(slice).delete());
            return Outcome.done();
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
        if (!Keys.isBeingDeleted(endpoints.get())) {
            mirrored.changes().create().forEach(slice -> client.resource(slice).create());
        }
        mirrored.changes().update().forEach(slice -> client.resource(slice).update());
        mirrored.changes().delete().forEach(slice -> client.resource(slice).delete());
        return Outcome.done();
    }

    private boolean isMirrored(Endpoints endpoints, String key) {
        Map<String, String> labels =
                Objects.requireNonNullElse(endpoints.getMetadata().getLabels(), Map.of());
        return !"true".equals(labels.get(SKIP))
                && !StorageClaims.annotations(endpoints).containsKey(LEADER)
                && informers
                        .find(Service.class, key)
                        .filter(service -> !ServiceBackends.hasSelector(service))
                        .isPresent();
    }

    private static boolean isOurs(EndpointSlice slice) {
        Map<String, String> labels = slice.getMetadata().getLabels();
        return labels != null
                && MirroredSlices.US.equals(labels.get(EndpointSlices.KEEPER))
                && labels.containsKey(EndpointSlices.SERVICE);
    }
}
