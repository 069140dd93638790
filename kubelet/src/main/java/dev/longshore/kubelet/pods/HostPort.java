package dev.longshore.kubelet.pods;

import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A port of the node that a pod wants for itself.
///
/// @param address of the node; `0.0.0.0` for all
record HostPort(String protocol, String address, int port) {

    private static final String ALL = "0.0.0.0";

    /// True if one that `pod` wants is taken by one of `others`.
    static boolean areTaken(Pod pod, Collection<Pod> others) {
        Set<HostPort> taken = others.stream().flatMap(HostPort::of).collect(Collectors.toSet());
        return of(pod).anyMatch(wanted -> taken.stream().anyMatch(wanted::collidesWith));
    }

    private static Stream<HostPort> of(Pod pod) {
        return Stream.concat(
                        pod.getSpec().getContainers().stream(),
                        pod.getSpec().getInitContainers().stream()
                                .filter(container -> "Always".equals(container.getRestartPolicy())))
                .flatMap(container -> container.getPorts().stream())
                .filter(port -> port.getHostPort() != null && port.getHostPort() > 0)
                .map(HostPort::of);
    }

    private static HostPort of(ContainerPort port) {
        String protocol = port.getProtocol() == null ? "TCP" : port.getProtocol();
        String address = port.getHostIP() == null || port.getHostIP().isEmpty() ? ALL : port.getHostIP();
        return new HostPort(protocol, address, port.getHostPort());
    }

    private boolean collidesWith(HostPort other) {
        boolean areSameAddress = address.equals(other.address) || address.equals(ALL) || other.address.equals(ALL);
        return port == other.port && protocol.equals(other.protocol) && areSameAddress;
    }
}
