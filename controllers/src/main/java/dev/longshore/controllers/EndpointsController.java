package dev.longshore.controllers;

import static dev.longshore.controllers.ServiceBackends.Backend;
import static dev.longshore.controllers.ServiceBackends.Port;

import dev.longshore.client.ControllerLoop;
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
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Keeps the Endpoints of Services with selectors, for the clients that still read these.
final class EndpointsController implements Reconciler {

    static final String NAME = "endpoint-controller";

    private static final String HEADLESS = "service.kubernetes.io/headless";
    private static final String KEEPER = "endpoints.kubernetes.io/managed-by";
    private static final int WORKERS = 2;
    private static final int NOT_FOUND = 404;

    private final Informers informers;
    private final KubernetesClient client;

    private EndpointsController(ControllerContext context) {
        this.informers = context.informers();
        this.client = context.clients().apply(NAME);
    }

    static Controller create(ControllerContext context) {
        var loop = new ControllerLoop(NAME, new EndpointsController(context), WORKERS, context.time());
        Informers informers = context.informers();
        informers.onChange(Service.class, service -> loop.queue().add(Keys.of(service)));
        informers.onChange(
                Pod.class,
                pod -> EndpointSliceController.selecting(informers, pod).forEach(loop.queue()::add));
        informers.onChange(Endpoints.class, endpoints -> loop.queue().add(Keys.of(endpoints)));
        return Controller.of(NAME, loop);
    }

    @Override
    public Outcome reconcile(String key) {
        Optional<Service> service = informers.find(Service.class, key).filter(found -> !Keys.isBeingDeleted(found));
        Optional<Endpoints> present = informers.find(Endpoints.class, key);
        if (service.isEmpty()) {
            present.filter(EndpointsController::isOurs).ifPresent(this::delete);
            return Outcome.done();
        }
        if (!ServiceBackends.hasSelector(service.get())) {
            return Outcome.done();
        }
        Endpoints wanted = endpoints(
                service.get(), ServiceBackends.group(service.get(), informers.in(Pod.class, Keys.namespace(key))));
        if (present.isEmpty()) {
            client.resource(wanted).create();
        } else if (!present.get().getSubsets().equals(wanted.getSubsets())
                || !wanted.getMetadata()
                        .getLabels()
                        .equals(present.get().getMetadata().getLabels())) {
            client.resource(new EndpointsBuilder(present.get())
                            .editMetadata()
                            .withLabels(wanted.getMetadata().getLabels())
                            .endMetadata()
                            .withSubsets(wanted.getSubsets())
                            .build())
                    .update();
        }
        return Outcome.done();
    }

    private static boolean isOurs(Endpoints endpoints) {
        Map<String, String> labels = endpoints.getMetadata().getLabels();
        return labels != null && NAME.equals(labels.get(KEEPER));
    }

    private static Endpoints endpoints(Service service, Map<List<Port>, List<Backend>> groups) {
        var labels = new HashMap<String, String>();
        if (service.getMetadata().getLabels() != null) {
            labels.putAll(service.getMetadata().getLabels());
        }
        labels.put(KEEPER, NAME);
        if ("None".equals(service.getSpec().getClusterIP())) {
            labels.put(HEADLESS, "");
        }
        var subsets = new ArrayList<EndpointSubset>();
        groups.forEach((ports, backends) -> subset(ports, backends).ifPresent(subsets::add));
        return new EndpointsBuilder()
                .withNewMetadata()
                .withNamespace(service.getMetadata().getNamespace())
                .withName(service.getMetadata().getName())
                .withLabels(labels)
                .endMetadata()
                .withSubsets(subsets)
                .build();
    }

    /// Pods that are ending are left out: readers of Endpoints do not know of them.
    private static Optional<EndpointSubset> subset(List<Port> ports, List<Backend> backends) {
        List<EndpointAddress> ready = addresses(backends, true);
        List<EndpointAddress> notReady = addresses(backends, false);
        if (ready.isEmpty() && notReady.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new EndpointSubsetBuilder()
                .withAddresses(ready)
                .withNotReadyAddresses(notReady)
                .withPorts(ports.stream()
                        .map(port -> new EndpointPortBuilder()
                                .withName(port.name().isEmpty() ? null : port.name())
                                .withPort(port.number())
                                .withProtocol(port.protocol())
                                .withAppProtocol(port.appProtocol())
                                .build())
                        .toList())
                .build());
    }

    private static List<EndpointAddress> addresses(List<Backend> backends, boolean areReady) {
        return backends.stream()
                .filter(backend -> backend.isReady() == areReady && (backend.isReady() || !backend.isTerminating()))
                .map(backend -> new EndpointAddressBuilder()
                        .withIp(backend.address())
                        .withNodeName(backend.pod().getSpec().getNodeName())
                        .withNewTargetRef()
                        .withKind("Pod")
                        .withNamespace(backend.pod().getMetadata().getNamespace())
                        .withName(backend.pod().getMetadata().getName())
                        .withUid(backend.pod().getMetadata().getUid())
                        .endTargetRef()
                        .build())
                .toList();
    }

    private void delete(Endpoints endpoints) {
        try {
            client.resource(endpoints).delete();
        } catch (KubernetesClientException gone) {
            if (gone.getCode() != NOT_FOUND) {
                throw gone;
            }
        }
    }
}
