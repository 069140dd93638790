package dev.longshore.controllers;

import dev.longshore.client.ControllerLoop;
import dev.longshore.client.EventRecorder;
import dev.longshore.client.EventRecorder.Type;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Keeps the EndpointSlices of Services with selectors, one set for each family of addresses. Those of Services
/// that are gone are the garbage collector's.
final class EndpointSliceController implements Reconciler {

    static final String NAME = "endpointslice-controller";

    private static final int WORKERS = 2;
    private static final Duration STALE = Duration.ofMillis(50);
    private static final Duration WITHOUT_NODE = Duration.ofSeconds(2);

    /// Several slices that others change at once are looked at once.
    private static final Duration AFTER_SLICES = Duration.ofSeconds(1);

    private final Informers informers;
    private final EventRecorder events;
    private final SliceWrites writes;
    private final SliceTracker tracker = new SliceTracker();
    private final TriggerTimes triggers = new TriggerTimes();
    private final ZoneHints zones = new ZoneHints();

    private EndpointSliceController(ControllerContext context) {
        this.informers = context.informers();
        KubernetesClient client = context.clients().apply(NAME);
        this.events = context.events(NAME, "endpoint-slice-controller");
        this.writes = new SliceWrites(client, tracker);
    }

    static Controller create(ControllerContext context) {
        var controller = new EndpointSliceController(context);
        var loop = new ControllerLoop(NAME, controller, WORKERS, context.time());
        Informers informers = context.informers();
        informers.onChange(Service.class, service -> loop.queue().add(Keys.of(service)));
        informers.of(Pod.class).addEventHandler(new EndpointChanges(informers, loop.queue()::add));
        informers
                .of(EndpointSlice.class)
                .addEventHandler(new SliceChanges(
                        EndpointSlices.US,
                        controller.tracker,
                        key -> loop.queue().addAfter(key, AFTER_SLICES)));
        informers
                .of(Node.class)
                .addEventHandler(new ZoneChanges(
                        () -> controller.zones.nodes(informers.all(Node.class)).forEach(loop.queue()::add)));
        return Controller.of(NAME, loop, controller.events);
    }

    @Override
    public Outcome reconcile(String key) {
        Optional<Service> found = informers.find(Service.class, key);
        if (found.isEmpty()) {
            triggers.forget(key);
            tracker.forget(key);
            return Outcome.done();
        }
        Service service = found.get();
        if (!PodEndpoints.hasSelector(service)) {
            return Outcome.done();
        }
        List<EndpointSlice> present = informers.in(EndpointSlice.class, Keys.namespace(key)).stream()
                .filter(slice -> SliceChanges.service(slice, EndpointSlices.US).equals(Optional.of(key))
                        && !Keys.isBeingDeleted(slice))
                .toList();
        if (tracker.areStale(key, present)) {
            return new Outcome.RetryAfter(STALE);
        }
        List<Pod> pods = informers.in(Pod.class, Keys.namespace(key)).stream()
                .filter(pod -> Selectors.matches(
                        service.getSpec().getSelector(), pod.getMetadata().getLabels()))
                .toList();
        Optional<Instant> trigger = triggers.look(service, pods);
        try {
            return converge(service, pods, present, trigger);
        } catch (KubernetesClientException refused) {
            tell(service, Refusals.message(refused));
            throw refused;
        }
    }

    private Outcome converge(Service service, List<Pod> pods, List<EndpointSlice> present, Optional<Instant> trigger) {
        String key = Keys.of(service);
        List<String> families = PodEndpoints.families(service);
        var lost = new ArrayList<Pod>();
        for (String family : families) {
            List<EndpointSlice> ours = present.stream()
                    .filter(slice -> family.equals(slice.getAddressType()))
                    .toList();
            EndpointSlices.Changes changes = EndpointSlices.converge(
                    service, family, pods, name -> informers.find(Node.class, name), ours, lost);
            List<Note> notes = hint(service, family, changes, ours);
            changes.reuse(slice -> EndpointSlices.isOf(slice, service));
            writes.carryOut(service, changes, trigger);
            notes.forEach(note -> events.event(service, note.type(), note.reason(), note.message()));
        }
        for (EndpointSlice slice : present) {
            if (!families.contains(slice.getAddressType())) {
                zones.forget(key, slice.getAddressType());
                writes.delete(key, slice);
            }
        }
        if (lost.isEmpty()) {
            return Outcome.done();
        }
        String first = lost.stream()
                .map(pod -> "skipping Pod %s for Service %s: Node %s Not Found"
                        .formatted(
                                pod.getMetadata().getName(), key, pod.getSpec().getNodeName()))
                .distinct()
                .findFirst()
                .orElseThrow();
        tell(service, first);
        return new Outcome.RetryAfter(WITHOUT_NODE);
    }

    private List<Note> hint(
            Service service, String family, EndpointSlices.Changes changes, List<EndpointSlice> present) {
        String key = Keys.of(service);
        if (SliceHints.areByZones(service)) {
            return zones.advise(key, family, changes, changes.unchanged(present));
        }
        List<Note> notes = zones.isHinted(key)
                ? List.of(Note.warning(
                        "TopologyAwareHintsDisabled",
                        ZoneHints.withFamily("Topology Aware Hints has been disabled", family)))
                : List.of();
        zones.forget(key, family);
        if (SliceHints.areByDistance(service)) {
            SliceHints.near(service, changes, changes.unchanged(present));
        } else {
            SliceHints.none(changes, changes.unchanged(present));
        }
        return notes;
    }

    private void tell(Service service, String why) {
        events.event(
                service,
                Type.WARNING,
                "FailedToUpdateEndpointSlices",
                "Error updating Endpoint Slices for Service %s: %s".formatted(Keys.of(service), why));
    }
}
