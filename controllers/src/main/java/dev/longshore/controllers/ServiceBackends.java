package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// The pods behind a Service, grouped by the ports that the Service's ports mean in each: a named port may be
/// another number in another pod. Pure.
final class ServiceBackends {

    /// A port as endpoints spell it.
    record Port(String name, int number, String protocol, String appProtocol) {}

    /// A pod that serves.
    ///
    /// @param isReady it may get new requests
    /// @param isServing its readiness probe is satisfied, though it may be ending
    record Backend(Pod pod, String address, boolean isReady, boolean isServing, boolean isTerminating) {}

    private ServiceBackends() {}

    /// True if endpoints are made for `service` by selector.
    static boolean hasSelector(Service service) {
        Map<String, String> selector = service.getSpec().getSelector();
        return selector != null
                && !selector.isEmpty()
                && !"ExternalName".equals(service.getSpec().getType());
    }

    /// The groups, each with its backends in the order of their addresses.
    static Map<List<Port>, List<Backend>> group(Service service, List<Pod> pods) {
        var groups = new LinkedHashMap<List<Port>, List<Backend>>();
        boolean publishesAll = Boolean.TRUE.equals(service.getSpec().getPublishNotReadyAddresses());
        pods.stream()
                .filter(pod -> Selectors.matches(
                        service.getSpec().getSelector(), pod.getMetadata().getLabels()))
                .filter(pod -> !Pods.isTerminal(pod))
                .filter(pod -> pod.getStatus() != null
                        && pod.getStatus().getPodIP() != null
                        && !pod.getStatus().getPodIP().isEmpty())
                .sorted(Comparator.comparing(pod -> pod.getStatus().getPodIP()))
                .forEach(pod -> groups.computeIfAbsent(ports(service, pod), absent -> new ArrayList<>())
                        .add(backend(pod, publishesAll)));
        return groups;
    }

    private static Backend backend(Pod pod, boolean publishesAll) {
        boolean isServing = publishesAll || Pods.isReady(pod);
        boolean isTerminating = Keys.isBeingDeleted(pod);
        return new Backend(
                pod, pod.getStatus().getPodIP(), publishesAll || isServing && !isTerminating, isServing, isTerminating);
    }

    private static List<Port> ports(Service service, Pod pod) {
        return service.getSpec().getPorts().stream()
                .flatMap(port -> number(port, pod).stream()
                        .map(number -> new Port(
                                Objects.requireNonNullElse(port.getName(), ""),
                                number,
                                protocol(port.getProtocol()),
                                port.getAppProtocol())))
                .toList();
    }

    private static Optional<Integer> number(ServicePort port, Pod pod) {
        IntOrString target = port.getTargetPort();
        if (target == null) {
            return Optional.of(port.getPort());
        }
        if (target.getIntVal() != null) {
            return Optional.of(target.getIntVal() == 0 ? port.getPort() : target.getIntVal());
        }
        for (Container container : pod.getSpec().getContainers()) {
            for (ContainerPort named : container.getPorts()) {
                if (target.getStrVal().equals(named.getName())
                        && protocol(named.getProtocol()).equals(protocol(port.getProtocol()))) {
                    return Optional.of(named.getContainerPort());
                }
            }
        }
        return Optional.empty();
    }

    private static String protocol(String name) {
        return name == null ? "TCP" : name;
    }
}
