package dev.longshore.controllers;

import dev.longshore.client.ControllerLoop;
import dev.longshore.client.EventRecorder;
import dev.longshore.client.EventRecorder.Type;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.EndpointAddress;
import io.fabric8.kubernetes.api.model.EndpointAddressBuilder;
import io.fabric8.kubernetes.api.model.EndpointPortBuilder;
import io.fabric8.kubernetes.api.model.EndpointSubset;
import io.fabric8.kubernetes.api.model.EndpointSubsetBuilder;
import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.EndpointsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Keeps the Endpoints of Services with selectors, for the clients that still read these; those of a Service that
/// is gone go with it, whoever made them.
final class EndpointsController implements Reconciler {

    static final String NAME = "endpoint-controller";

    /// The key of the one look at Endpoints without a Service, at the start.
    private static final String LEFTOVERS = "leftovers";

    private static final String HEADLESS = "service.kubernetes.io/headless";
    private static final String KEEPER = "endpoints.kubernetes.io/managed-by";
    private static final String OVER_CAPACITY = "endpoints.kubernetes.io/over-capacity";
    private static final String LEADER = "control-plane.alpha.kubernetes.io/leader";
    private static final int WORKERS = 2;
    private static final Duration STALE = Duration.ofMillis(50);

    private final Informers informers;
    private final KubernetesClient client;
    private final EventRecorder events;
    private final TriggerTimes triggers = new TriggerTimes();

    /// The versions that were replaced: who still sees them sees the past.
    private final Map<String, String> replaced = new ConcurrentHashMap<>();

    private EndpointsController(ControllerContext context) {
        this.informers = context.informers();
        this.client = context.clients().apply(NAME);
        this.events = context.events(NAME);
    }

    static Controller create(ControllerContext context) {
        var controller = new EndpointsController(context);
        var loop = new ControllerLoop(NAME, controller, WORKERS, context.time());
        Informers informers = context.informers();
        informers.onChange(Service.class, service -> loop.queue().add(Keys.of(service)));
        informers.of(Pod.class).addEventHandler(new EndpointChanges(informers, loop.queue()::add));
        informers.of(Endpoints.class).addEventHandler(new ResourceEventHandler<Endpoints>() {
            @Override
            public void onAdd(Endpoints endpoints) {
                // What people make is theirs.
            }

            @Override
            public void onUpdate(Endpoints old, Endpoints endpoints) {
                // As above.
            }

            @Override
            public void onDelete(Endpoints endpoints, boolean isStateUnknown) {
                loop.queue().add(Keys.of(endpoints));
            }
        });
        loop.queue().add(LEFTOVERS);
        return Controller.of(NAME, loop, controller.events);
    }

    @Override
    public Outcome reconcile(String key) {
        if (key.equals(LEFTOVERS)) {
            informers.all(Endpoints.class).stream()
                    .filter(endpoints -> !StorageClaims.annotations(endpoints).containsKey(LEADER))
                    .map(Keys::of)
                    .filter(left -> informers.find(Service.class, left).isEmpty())
                    .forEach(this::delete);
            return Outcome.done();
        }
        Optional<Service> found = informers.find(Service.class, key);
        if (found.isEmpty()) {
            triggers.forget(key);
            replaced.remove(key);
            delete(key);
            return Outcome.done();
        }
        return PodEndpoints.hasSelector(found.get()) ? converge(key, found.get()) : Outcome.done();
    }

    private Outcome converge(String key, Service service) {
        List<Pod> pods = informers.in(Pod.class, Keys.namespace(key)).stream()
                .filter(pod -> Selectors.matches(
                        service.getSpec().getSelector(), pod.getMetadata().getLabels()))
                .toList();
        Optional<Instant> trigger = triggers.look(service, pods);
        Optional<Endpoints> present = informers.find(Endpoints.class, key);
        if (present.isPresent()
                && present.get().getMetadata().getResourceVersion().equals(replaced.get(key))) {
            return new Outcome.RetryAfter(STALE);
        }
        List<EndpointSubset> subsets = subsets(service, pods);
        if (present.filter(endpoints -> isRight(endpoints, service, subsets)).isEmpty()) {
            write(service, present, wanted(service, present, subsets, trigger));
        }
        return Outcome.done();
    }

    private static boolean isRight(Endpoints present, Service service, List<EndpointSubset> subsets) {
        return EndpointSubsets.repacked(present.getSubsets()).equals(subsets)
                && labels(service).equals(present.getMetadata().getLabels())
                && EndpointSubsets.size(present.getSubsets()) <= EndpointSubsets.MOST
                && !StorageClaims.annotations(present).containsKey(OVER_CAPACITY);
    }

    private void write(Service service, Optional<Endpoints> present, Endpoints wanted) {
        String key = Keys.of(service);
        try {
            if (present.isEmpty()) {
                client.resource(wanted).create();
                return;
            }
            Endpoints written = client.resource(wanted).update();
            String before = present.get().getMetadata().getResourceVersion();
            if (!written.getMetadata().getResourceVersion().equals(before)) {
                replaced.put(key, before);
            }
        } catch (KubernetesClientException refused) {
            if (present.isEmpty() && Refusals.isOfEndingNamespace(refused)) {
                return;
            }
            boolean isNew = present.isEmpty();
            events.event(
                    wanted,
                    Type.WARNING,
                    isNew ? "FailedToCreateEndpoint" : "FailedToUpdateEndpoint",
                    "Failed to %s %s: %s"
                            .formatted(
                                    isNew ? "create endpoint for service" : "update endpoint",
                                    key,
                                    Refusals.message(refused)));
            throw refused;
        }
    }

    private static Endpoints wanted(
            Service service, Optional<Endpoints> present, List<EndpointSubset> subsets, Optional<Instant> trigger) {
        var annotations = new HashMap<>(present.map(StorageClaims::annotations).orElse(Map.of()));
        annotations.remove(TriggerTimes.ANNOTATION);
        trigger.ifPresent(time -> annotations.put(TriggerTimes.ANNOTATION, time.toString()));
        annotations.remove(OVER_CAPACITY);
        if (EndpointSubsets.size(subsets) > EndpointSubsets.MOST) {
            annotations.put(OVER_CAPACITY, "truncated");
        }
        return new EndpointsBuilder(present.orElseGet(() -> new EndpointsBuilder()
                        .withNewMetadata()
                        .withNamespace(service.getMetadata().getNamespace())
                        .withName(service.getMetadata().getName())
                        .endMetadata()
                        .build()))
                .editMetadata()
                .withLabels(labels(service))
                .withAnnotations(annotations)
                .endMetadata()
                .withSubsets(EndpointSubsets.truncated(subsets))
                .build();
    }

    private static Map<String, String> labels(Service service) {
        var labels = new HashMap<String, String>();
        if (service.getMetadata().getLabels() != null) {
            labels.putAll(service.getMetadata().getLabels());
        }
        labels.remove(HEADLESS);
        labels.put(KEEPER, NAME);
        if (PodEndpoints.isHeadless(service)) {
            labels.put(HEADLESS, "");
        }
        return labels;
    }

    /// What `pods` are for `service`. Those that are ending are left out, unless all are to be published: readers
    /// of Endpoints do not know of them.
    static List<EndpointSubset> subsets(Service service, List<Pod> pods) {
        boolean publishesAll = Boolean.TRUE.equals(service.getSpec().getPublishNotReadyAddresses());
        var subsets = new ArrayList<EndpointSubset>();
        for (Pod pod : pods) {
            if (!PodEndpoints.belongs(pod) || Keys.isBeingDeleted(pod) && !publishesAll) {
                continue;
            }
            Optional<EndpointAddress> address = address(service, pod);
            if (address.isEmpty()) {
                continue;
            }
            boolean isReady = publishesAll || Pods.isReady(pod);
            if (service.getSpec().getPorts().isEmpty() && PodEndpoints.isHeadless(service)) {
                subsets.add(subset(address.get(), isReady).build());
            }
            for (ServicePort port : service.getSpec().getPorts()) {
                PodEndpoints.number(port, pod)
                        .ifPresent(number -> subsets.add(subset(address.get(), isReady)
                                .withPorts(new EndpointPortBuilder()
                                        .withName(emptyToNull(port.getName()))
                                        .withPort(number)
                                        .withProtocol(PodEndpoints.protocol(port.getProtocol()))
                                        .withAppProtocol(port.getAppProtocol())
                                        .build())
                                .build()));
            }
        }
        return EndpointSubsets.repacked(subsets);
    }

    private static String emptyToNull(String text) {
        return Objects.requireNonNullElse(text, "").isEmpty() ? null : text;
    }

    private static EndpointSubsetBuilder subset(EndpointAddress address, boolean isReady) {
        var subset = new EndpointSubsetBuilder();
        return isReady ? subset.withAddresses(address) : subset.withNotReadyAddresses(address);
    }

    /// The address of `pod` of the family that `service` prefers; empty when it has none.
    private static Optional<EndpointAddress> address(Service service, Pod pod) {
        String family = PodEndpoints.families(service).getFirst();
        return PodEndpoints.addresses(pod, family).stream()
                .findFirst()
                .map(address -> new EndpointAddressBuilder()
                        .withIp(address)
                        .withNodeName(pod.getSpec().getNodeName())
                        .withHostname(
                                PodEndpoints.isNamed(pod, service)
                                        ? pod.getSpec().getHostname()
                                        : null)
                        .withNewTargetRef()
                        .withKind("Pod")
                        .withNamespace(pod.getMetadata().getNamespace())
                        .withName(pod.getMetadata().getName())
                        .withUid(pod.getMetadata().getUid())
                        .endTargetRef()
                        .build());
    }

    private void delete(String key) {
        if (informers.find(Endpoints.class, key).isEmpty()) {
            return;
        }
        try {
            client.endpoints()
                    .inNamespace(Keys.namespace(key))
                    .withName(Keys.name(key))
                    .delete();
        } catch (KubernetesClientException refused) {
            if (!Refusals.isNotFound(refused)) {
                throw refused;
            }
        }
    }
}
