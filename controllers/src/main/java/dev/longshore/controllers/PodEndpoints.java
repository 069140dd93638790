package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodIP;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPortBuilder;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/// What pods are to the Services that select them: pure.
final class PodEndpoints {

    static final String IPV4 = "IPv4";
    static final String IPV6 = "IPv6";

    private static final String ZONE = "topology.kubernetes.io/zone";

    private PodEndpoints() {}

    /// True if endpoints are made for `service` by selector.
    static boolean hasSelector(Service service) {
        Map<String, String> selector = service.getSpec().getSelector();
        return selector != null
                && !selector.isEmpty()
                && !"ExternalName".equals(service.getSpec().getType());
    }

    /// True if it has no address of its own.
    static boolean isHeadless(Service service) {
        String address = Objects.requireNonNullElse(service.getSpec().getClusterIP(), "");
        return address.isEmpty() || address.equals("None");
    }

    /// The families of the addresses that `service` leads to; both if it says nothing and has no address.
    static List<String> families(Service service) {
        List<String> said = service.getSpec().getIpFamilies().stream()
                .filter(family -> family.equals(IPV4) || family.equals(IPV6))
                .toList();
        if (!said.isEmpty()) {
            return said;
        }
        return isHeadless(service)
                ? List.of(IPV4, IPV6)
                : List.of(family(service.getSpec().getClusterIP()));
    }

    static String family(String address) {
        return address.contains(":") ? IPV6 : IPV4;
    }

    /// True if `pod` can be an endpoint: it has an address and has not ended.
    static boolean belongs(Pod pod) {
        return !Pods.isTerminal(pod) && addresses(pod).findAny().isPresent();
    }

    private static Stream<String> addresses(Pod pod) {
        if (pod.getStatus() == null) {
            return Stream.of();
        }
        List<PodIP> all = pod.getStatus().getPodIPs();
        return all.isEmpty()
                ? Stream.ofNullable(pod.getStatus().getPodIP()).filter(address -> !address.isEmpty())
                : all.stream().map(PodIP::getIp);
    }

    /// The addresses of `pod` that are of `family`.
    static List<String> addresses(Pod pod, String family) {
        return addresses(pod).filter(address -> family(address).equals(family)).toList();
    }

    /// The endpoint that `pod`, on `node`, is for `service`; without addresses when it has none of `family`.
    static Endpoint endpoint(Pod pod, Optional<Node> node, Service service, String family) {
        boolean isServing = Pods.isReady(pod);
        boolean isTerminating = Keys.isBeingDeleted(pod);
        boolean publishesAll = Boolean.TRUE.equals(service.getSpec().getPublishNotReadyAddresses());
        return new EndpointBuilder()
                .withAddresses(addresses(pod, family))
                .withNewConditions()
                .withReady(publishesAll || isServing && !isTerminating)
                .withServing(isServing)
                .withTerminating(isTerminating)
                .endConditions()
                .withHostname(isNamed(pod, service) ? pod.getSpec().getHostname() : null)
                .withNodeName(emptyToNull(pod.getSpec().getNodeName()))
                .withZone(node.map(found -> found.getMetadata().getLabels())
                        .map(labels -> emptyToNull(labels.get(ZONE)))
                        .orElse(null))
                .withTargetRef(new ObjectReferenceBuilder()
                        .withKind("Pod")
                        .withNamespace(pod.getMetadata().getNamespace())
                        .withName(pod.getMetadata().getName())
                        .withUid(pod.getMetadata().getUid())
                        .build())
                .build();
    }

    private static String emptyToNull(String text) {
        return text == null || text.isEmpty() ? null : text;
    }

    /// True if `pod` has a name of its own within `service`.
    static boolean isNamed(Pod pod, Service service) {
        String host = pod.getSpec().getHostname();
        return host != null
                && !host.isEmpty()
                && service.getMetadata().getName().equals(pod.getSpec().getSubdomain());
    }

    /// What the ports of `service` are in `pod`: a named one may be another number in another pod, or none. In
    /// the order of their names, so that equal ones are equal.
    static List<EndpointPort> ports(Service service, Pod pod) {
        return service.getSpec().getPorts().stream()
                .flatMap(port -> number(port, pod).stream()
                        .map(number -> new EndpointPortBuilder()
                                .withName(Objects.requireNonNullElse(port.getName(), ""))
                                .withPort(number)
                                .withProtocol(protocol(port.getProtocol()))
                                .withAppProtocol(port.getAppProtocol())
                                .build()))
                .sorted(ORDER)
                .toList();
    }

    /// As [#ports] orders them.
    static final Comparator<EndpointPort> ORDER = Comparator.comparing(
                    (EndpointPort port) -> Objects.requireNonNullElse(port.getName(), ""))
            .thenComparing(port -> protocol(port.getProtocol()))
            .thenComparing(port -> Objects.requireNonNullElse(port.getPort(), 0));

    /// The number of `port` in `pod`; empty when no container has a port of that name.
    static Optional<Integer> number(ServicePort port, Pod pod) {
        IntOrString target = port.getTargetPort();
        if (target == null) {
            return Optional.of(port.getPort());
        }
        if (target.getIntVal() != null) {
            return Optional.of(target.getIntVal() == 0 ? port.getPort() : target.getIntVal());
        }
        return Stream.concat(
                        pod.getSpec().getContainers().stream(),
                        pod.getSpec().getInitContainers().stream().filter(PodEndpoints::isSidecar))
                .flatMap(container -> container.getPorts().stream())
                .filter(named -> target.getStrVal().equals(named.getName())
                        && protocol(named.getProtocol()).equals(protocol(port.getProtocol())))
                .map(ContainerPort::getContainerPort)
                .findFirst();
    }

    private static boolean isSidecar(Container container) {
        return "Always".equals(container.getRestartPolicy());
    }

    static String protocol(String name) {
        return name == null || name.isEmpty() ? "TCP" : name;
    }
}
