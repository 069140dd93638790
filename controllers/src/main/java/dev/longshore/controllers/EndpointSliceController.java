package dev.longshore.controllers;

import dev.longshore.client.ControllerLoop;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Keeps the EndpointSlices of Services with selectors.
final class EndpointSliceController implements Reconciler {

    static final String NAME = "endpointslice-controller";

    private static final int WORKERS = 2;
    private static final int NOT_FOUND = 404;

    private final Informers informers;
    private final KubernetesClient client;

    private EndpointSliceController(ControllerContext context) {
        this.informers = context.informers();
        this.client = context.clients().apply(NAME);
    }

    static Controller create(ControllerContext context) {
        var loop = new ControllerLoop(NAME, new EndpointSliceController(context), WORKERS, context.time());
        Informers informers = context.informers();
        informers.onChange(Service.class, service -> loop.queue().add(Keys.of(service)));
        informers.onChange(Pod.class, pod -> selecting(informers, pod).forEach(loop.queue()::add));
        informers.onChange(
                EndpointSlice.class,
                slice -> Optional.ofNullable(slice.getMetadata().getLabels())
                        .map(labels -> labels.get(EndpointSlices.SERVICE))
                        .ifPresent(service ->
                                loop.queue().add(Keys.of(slice.getMetadata().getNamespace(), service))));
        return Controller.of(NAME, loop);
    }

    /// The keys of the Services that select `pod`.
    static List<String> selecting(Informers informers, Pod pod) {
        return informers.in(Service.class, pod.getMetadata().getNamespace()).stream()
                .filter(ServiceBackends::hasSelector)
                .filter(service -> Selectors.matches(
                        service.getSpec().getSelector(), pod.getMetadata().getLabels()))
                .map(Keys::of)
                .toList();
    }

    @Override
    public Outcome reconcile(String key) {
        List<EndpointSlice> present = informers.in(EndpointSlice.class, Keys.namespace(key)).stream()
                .filter(slice -> isOurs(slice, Keys.name(key)))
                .toList();
        Optional<Service> service = informers.find(Service.class, key).filter(found -> !Keys.isBeingDeleted(found));
        if (service.isEmpty()) {
            present.forEach(this::delete);
            return Outcome.done();
        }
        if (!ServiceBackends.hasSelector(service.get())) {
            return Outcome.done();
        }
        EndpointSlices.Changes changes = EndpointSlices.converge(
                service.get(),
                ServiceBackends.group(service.get(), informers.in(Pod.class, Keys.namespace(key))),
                present);
        changes.create().forEach(slice -> client.resource(slice).create());
        changes.update().forEach(slice -> client.resource(slice).update());
        changes.delete().forEach(this::delete);
        return Outcome.done();
    }

    private static boolean isOurs(EndpointSlice slice, String service) {
        Map<String, String> labels = slice.getMetadata().getLabels();
        return labels != null
                && service.equals(labels.get(EndpointSlices.SERVICE))
                && EndpointSlices.US.equals(labels.get(EndpointSlices.KEEPER));
    }

    private void delete(EndpointSlice slice) {
        try {
            client.resource(slice).delete();
        } catch (KubernetesClientException gone) {
            if (gone.getCode() != NOT_FOUND) {
                throw gone;
            }
        }
    }
}
