package dev.longshore.controllers;

import static dev.longshore.controllers.ServiceBackends.Backend;
import static dev.longshore.controllers.ServiceBackends.Port;

import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPortBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Spreads backends over slices of at most a hundred, changing as few slices as it can. Pure.
final class EndpointSlices {

    static final String SERVICE = "kubernetes.io/service-name";
    static final String KEEPER = "endpointslice.kubernetes.io/managed-by";
    static final String US = "endpointslice-controller.k8s.io";

    private static final String HEADLESS = "service.kubernetes.io/headless";
    private static final int MOST_ENDPOINTS = 100;

    /// What to do to the slices that are there.
    record Changes(List<EndpointSlice> create, List<EndpointSlice> update, List<EndpointSlice> delete) {}

    private EndpointSlices() {}

    /// Leads `present` to `wanted`: endpoints stay in the slice where they are, new ones fill gaps, then new
    /// slices. A Service without backends keeps one slice without endpoints.
    static Changes converge(Service service, Map<List<Port>, List<Backend>> wanted, List<EndpointSlice> present) {
        var changes = new Changes(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        Map<List<EndpointPort>, List<Endpoint>> groups = new LinkedHashMap<>();
        wanted.forEach((ports, backends) -> groups.put(
                ports.stream().map(EndpointSlices::port).toList(),
                backends.stream().map(backend -> endpoint(service, backend)).toList()));
        if (groups.isEmpty()) {
            groups.put(List.of(), List.of());
        }
        Set<EndpointSlice> left = new HashSet<>(present);
        groups.forEach((ports, endpoints) -> {
            List<EndpointSlice> candidates = present.stream()
                    .filter(slice -> slice.getPorts().equals(ports) && !Keys.isBeingDeleted(slice))
                    .toList();
            left.removeAll(candidates);
            place(service, ports, endpoints, candidates, changes);
        });
        left.stream().filter(slice -> !Keys.isBeingDeleted(slice)).forEach(changes.delete::add);
        return changes;
    }

    private static void place(
            Service service,
            List<EndpointPort> ports,
            List<Endpoint> endpoints,
            List<EndpointSlice> candidates,
            Changes changes) {
        Map<String, Endpoint> unplaced = new LinkedHashMap<>();
        endpoints.forEach(endpoint -> unplaced.put(endpoint.getAddresses().getFirst(), endpoint));
        Map<EndpointSlice, List<Endpoint>> kept = new LinkedHashMap<>();
        for (EndpointSlice slice : candidates) {
            var here = new ArrayList<Endpoint>();
            for (Endpoint endpoint : slice.getEndpoints()) {
                Endpoint still = unplaced.remove(endpoint.getAddresses().getFirst());
                if (still != null) {
                    here.add(still);
                }
            }
            kept.put(slice, here);
        }
        for (List<Endpoint> here : kept.values()) {
            fill(here, unplaced);
        }
        boolean isEmptyGroup = endpoints.isEmpty();
        var slices = new ArrayList<>(kept.entrySet());
        for (int i = 0; i < slices.size(); i++) {
            EndpointSlice slice = slices.get(i).getKey();
            List<Endpoint> here = slices.get(i).getValue();
            if (here.isEmpty() && !(isEmptyGroup && i == 0)) {
                changes.delete.add(slice);
            } else if (!here.equals(slice.getEndpoints())
                    || !labels(service).equals(slice.getMetadata().getLabels())) {
                changes.update.add(new EndpointSliceBuilder(slice)
                        .editMetadata()
                        .withLabels(labels(service))
                        .endMetadata()
                        .withEndpoints(here)
                        .build());
            }
        }
        while (!unplaced.isEmpty() || isEmptyGroup && slices.isEmpty() && changes.create.isEmpty()) {
            var here = new ArrayList<Endpoint>();
            fill(here, unplaced);
            changes.create.add(slice(service, ports, here));
        }
    }

    private static void fill(List<Endpoint> here, Map<String, Endpoint> unplaced) {
        var rest = unplaced.values().iterator();
        while (here.size() < MOST_ENDPOINTS && rest.hasNext()) {
            here.add(rest.next());
            rest.remove();
        }
    }

    private static EndpointSlice slice(Service service, List<EndpointPort> ports, List<Endpoint> endpoints) {
        return new EndpointSliceBuilder()
                .withNewMetadata()
                .withNamespace(service.getMetadata().getNamespace())
                .withGenerateName(service.getMetadata().getName() + "-")
                .withLabels(labels(service))
                .withOwnerReferences(Keys.controlledBy(service))
                .endMetadata()
                .withAddressType("IPv4")
                .withPorts(ports)
                .withEndpoints(endpoints)
                .build();
    }

    private static Map<String, String> labels(Service service) {
        var labels = new HashMap<String, String>();
        if (service.getMetadata().getLabels() != null) {
            labels.putAll(service.getMetadata().getLabels());
        }
        labels.put(SERVICE, service.getMetadata().getName());
        labels.put(KEEPER, US);
        if ("None".equals(service.getSpec().getClusterIP())) {
            labels.put(HEADLESS, "");
        }
        return labels;
    }

    private static EndpointPort port(Port port) {
        return new EndpointPortBuilder()
                .withName(port.name())
                .withPort(port.number())
                .withProtocol(port.protocol())
                .withAppProtocol(port.appProtocol())
                .build();
    }

    private static Endpoint endpoint(Service service, Backend backend) {
        var pod = backend.pod();
        boolean isNamed = pod.getSpec().getHostname() != null
                && service.getMetadata().getName().equals(pod.getSpec().getSubdomain());
        return new EndpointBuilder()
                .withAddresses(backend.address())
                .withNewConditions()
                .withReady(backend.isReady())
                .withServing(backend.isServing())
                .withTerminating(backend.isTerminating())
                .endConditions()
                .withHostname(isNamed ? pod.getSpec().getHostname() : null)
                .withNodeName(pod.getSpec().getNodeName())
                .withTargetRef(new ObjectReferenceBuilder()
                        .withKind("Pod")
                        .withNamespace(pod.getMetadata().getNamespace())
                        .withName(pod.getMetadata().getName())
                        .withUid(pod.getMetadata().getUid())
                        .build())
                .build();
    }
}
