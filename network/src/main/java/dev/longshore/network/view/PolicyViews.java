package dev.longshore.network.view;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/// Reads NetworkPolicies and pods into views.
final class PolicyViews {

    private static final String INGRESS = "Ingress";
    private static final String EGRESS = "Egress";

    private PolicyViews() {}

    static PolicyView of(NetworkPolicy policy) {
        var spec = policy.getSpec();
        boolean hasEgressRules = !list(spec.getEgress()).isEmpty();
        // What the API server fills in when nothing is said.
        List<String> types = list(spec.getPolicyTypes()).isEmpty()
                ? hasEgressRules ? List.of(INGRESS, EGRESS) : List.of(INGRESS)
                : spec.getPolicyTypes();
        return new PolicyView(
                new ObjectName(
                        policy.getMetadata().getNamespace(),
                        policy.getMetadata().getName()),
                spec.getPodSelector() == null ? Selector.ALL : Selector.of(spec.getPodSelector()),
                !types.contains(INGRESS)
                        ? Optional.empty()
                        : Optional.of(list(spec.getIngress()).stream()
                                .map(rule -> rule(rule.getFrom(), rule.getPorts()))
                                .toList()),
                !types.contains(EGRESS)
                        ? Optional.empty()
                        : Optional.of(list(spec.getEgress()).stream()
                                .map(rule -> rule(rule.getTo(), rule.getPorts()))
                                .toList()));
    }

    /// The pod as policies see it; empty when it shares its node's network or has ended.
    static Optional<PodView> of(Pod pod) {
        var status = pod.getStatus();
        var spec = pod.getSpec();
        String phase = status == null ? "" : status.getPhase();
        boolean hasEnded = "Succeeded".equals(phase) || "Failed".equals(phase);
        if (spec == null || hasEnded || Boolean.TRUE.equals(spec.getHostNetwork())) {
            return Optional.empty();
        }
        String address = status == null || status.getPodIP() == null ? "" : status.getPodIP();
        return Optional.of(new PodView(
                new ObjectName(
                        pod.getMetadata().getNamespace(), pod.getMetadata().getName()),
                Range.isAddress(address) ? address : "",
                Objects.requireNonNullElse(spec.getNodeName(), ""),
                Objects.requireNonNullElse(pod.getMetadata().getLabels(), Map.of()),
                Stream.concat(list(spec.getContainers()).stream(), list(spec.getInitContainers()).stream())
                        .flatMap(container -> list(container.getPorts()).stream())
                        .filter(port -> port.getName() != null)
                        .map(port ->
                                new PodView.Port(port.getName(), protocol(port.getProtocol()), port.getContainerPort()))
                        .toList()));
    }

    private static PolicyView.Rule rule(List<NetworkPolicyPeer> peers, List<NetworkPolicyPort> ports) {
        return new PolicyView.Rule(
                list(peers).stream().map(PolicyViews::peer).toList(),
                list(ports).stream().map(PolicyViews::port).toList());
    }

    private static PolicyView.Peer peer(NetworkPolicyPeer peer) {
        if (peer.getIpBlock() != null) {
            return new PolicyView.Block(
                    range(peer.getIpBlock().getCidr()),
                    list(peer.getIpBlock().getExcept()).stream()
                            .map(PolicyViews::range)
                            .toList());
        }
        return new PolicyView.Pods(
                Optional.ofNullable(peer.getNamespaceSelector()).map(Selector::of),
                peer.getPodSelector() == null ? Selector.ALL : Selector.of(peer.getPodSelector()));
    }

    /// Ranges of IPv6 match nothing here; the address that stands for them belongs to nobody.
    private static Range range(String cidr) {
        return cidr.contains(":") ? Range.parse("0.0.0.0/32") : Range.parse(cidr);
    }

    private static PolicyView.Port port(NetworkPolicyPort port) {
        String protocol = protocol(port.getProtocol());
        if (port.getPort() == null) {
            return new PolicyView.Port(protocol, 0, 0, "");
        }
        if (port.getPort().getStrVal() != null) {
            return new PolicyView.Port(protocol, 0, 0, port.getPort().getStrVal());
        }
        int first = port.getPort().getIntVal();
        return new PolicyView.Port(protocol, first, port.getEndPort() == null ? first : port.getEndPort(), "");
    }

    private static String protocol(String protocol) {
        return protocol == null ? "tcp" : protocol.toLowerCase(Locale.ROOT);
    }

    private static <T> List<T> list(List<T> list) {
        return list == null ? List.of() : list;
    }
}
