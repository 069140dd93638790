package dev.longshore.network.view;

import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServiceSpec;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/// Reads the API's objects into views. Absent fields mean what the API's defaults say.
public final class Views {

    private static final String SERVICE_LABEL = "kubernetes.io/service-name";
    private static final String FOREIGN_PROXY_LABEL = "service.kubernetes.io/service-proxy-name";
    private static final String NO_ADDRESS = "None";
    private static final int USUAL_AFFINITY_SECONDS = 10_800;

    private Views() {}

    /// The view of `service`.
    public static ServiceView of(Service service) {
        ServiceSpec spec = Objects.requireNonNullElseGet(service.getSpec(), ServiceSpec::new);
        boolean isAlias = "ExternalName".equals(spec.getType());
        boolean isForeign = labels(service.getMetadata().getLabels()).containsKey(FOREIGN_PROXY_LABEL);
        List<String> own = isAlias ? List.of() : clusterAddresses(spec);
        return new ServiceView(
                new ObjectName(
                        service.getMetadata().getNamespace(),
                        service.getMetadata().getName()),
                own,
                isAlias || isForeign ? List.of() : externalAddresses(service, spec),
                new ServiceView.Guard(balancerAddresses(service), sources(spec)),
                ports(spec),
                !isAlias && NO_ADDRESS.equals(spec.getClusterIP()),
                isAlias ? Optional.ofNullable(spec.getExternalName()) : Optional.empty(),
                affinity(spec),
                "Local".equals(spec.getExternalTrafficPolicy()),
                "Local".equals(spec.getInternalTrafficPolicy()));
    }

    /// The view of `slice`; empty when it holds no IPv4 addresses or belongs to no service.
    public static Optional<SliceView> of(EndpointSlice slice) {
        String service = labels(slice.getMetadata().getLabels()).get(SERVICE_LABEL);
        if (service == null || !"IPv4".equals(slice.getAddressType())) {
            return Optional.empty();
        }
        String namespace = slice.getMetadata().getNamespace();
        return Optional.of(new SliceView(
                new ObjectName(namespace, slice.getMetadata().getName()),
                new ObjectName(namespace, service),
                list(slice.getPorts()).stream()
                        .filter(port -> port.getPort() != null)
                        .map(port ->
                                new SliceView.Port(text(port.getName()), protocol(port.getProtocol()), port.getPort()))
                        .toList(),
                list(slice.getEndpoints()).stream().flatMap(Views::endpoint).toList()));
    }

    private static Stream<SliceView.Endpoint> endpoint(Endpoint endpoint) {
        var conditions = endpoint.getConditions();
        boolean ready = conditions == null || isNotFalse(conditions.getReady());
        boolean serving =
                conditions == null || conditions.getServing() == null ? ready : isNotFalse(conditions.getServing());
        boolean terminating = conditions != null && Boolean.TRUE.equals(conditions.getTerminating());
        // All addresses of one endpoint are the same place: consumers take the first.
        return list(endpoint.getAddresses()).stream()
                .limit(1)
                .filter(Range::isAddress)
                .map(address -> new SliceView.Endpoint(
                        address,
                        ready,
                        serving,
                        terminating,
                        Optional.ofNullable(endpoint.getNodeName()),
                        Optional.ofNullable(endpoint.getHostname()).filter(name -> !name.isEmpty())));
    }

    private static List<String> clusterAddresses(ServiceSpec spec) {
        var all = new ArrayList<>(list(spec.getClusterIPs()));
        if (all.isEmpty() && spec.getClusterIP() != null) {
            all.add(spec.getClusterIP());
        }
        return all.stream().filter(Range::isAddress).toList();
    }

    private static List<String> externalAddresses(Service service, ServiceSpec spec) {
        return Stream.concat(list(spec.getExternalIPs()).stream(), balancerAddresses(service).stream())
                .filter(Range::isAddress)
                .distinct()
                .toList();
    }

    private static List<String> balancerAddresses(Service service) {
        return service.getStatus() == null || service.getStatus().getLoadBalancer() == null
                ? List.of()
                : list(service.getStatus().getLoadBalancer().getIngress()).stream()
                        .filter(ingress -> ingress.getIp() != null && !"Proxy".equals(ingress.getIpMode()))
                        .map(LoadBalancerIngress::getIp)
                        .toList();
    }

    /// Those of the family of the proxy; with none of these everybody may come, as kube-proxy has it.
    private static List<Range> sources(ServiceSpec spec) {
        return list(spec.getLoadBalancerSourceRanges()).stream()
                .map(String::trim)
                .filter(source -> !source.contains(":"))
                .map(Range::parse)
                .toList();
    }

    private static List<ServiceView.Port> ports(ServiceSpec spec) {
        return list(spec.getPorts()).stream()
                .filter(port -> port.getPort() != null)
                .map(Views::port)
                .toList();
    }

    private static ServiceView.Port port(ServicePort port) {
        int nodePort = port.getNodePort() == null ? 0 : port.getNodePort();
        return new ServiceView.Port(text(port.getName()), protocol(port.getProtocol()), port.getPort(), nodePort);
    }

    private static Optional<Duration> affinity(ServiceSpec spec) {
        if (!"ClientIP".equals(spec.getSessionAffinity())) {
            return Optional.empty();
        }
        var config = spec.getSessionAffinityConfig();
        Integer seconds = config == null || config.getClientIP() == null
                ? null
                : config.getClientIP().getTimeoutSeconds();
        return Optional.of(Duration.ofSeconds(seconds == null ? USUAL_AFFINITY_SECONDS : seconds));
    }

    private static boolean isNotFalse(Boolean condition) {
        return !Boolean.FALSE.equals(condition);
    }

    private static String protocol(String protocol) {
        return protocol == null ? "tcp" : protocol.toLowerCase(Locale.ROOT);
    }

    private static String text(String text) {
        return text == null ? "" : text;
    }

    private static Map<String, String> labels(Map<String, String> labels) {
        return labels == null ? Map.of() : labels;
    }

    private static <T> List<T> list(List<T> list) {
        return list == null ? List.of() : list;
    }
}
