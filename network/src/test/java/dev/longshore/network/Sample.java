package dev.longshore.network;

import dev.longshore.network.view.ClusterView;
import dev.longshore.network.view.ObjectName;
import dev.longshore.network.view.PodView;
import dev.longshore.network.view.Range;
import dev.longshore.network.view.ServiceView;
import dev.longshore.network.view.SliceView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Builds small clusters for tests: services of one port 80, with endpoints at port 8080.
final class Sample {

    static final String NODE = "here";
    private final List<ServiceView> services = new ArrayList<>();
    private final List<SliceView> slices = new ArrayList<>();

    /// A plain service with these ready endpoints on this node.
    Sample service(String name, String address, String... endpoints) {
        return add(plain(name, address), ready(endpoints));
    }

    Sample add(ServiceView service, SliceView.Endpoint... endpoints) {
        services.add(service);
        slices.add(new SliceView(
                new ObjectName("default", service.name().name() + "-1"),
                service.name(),
                service.ports().stream()
                        .map(port -> new SliceView.Port(port.name(), port.protocol(), 8080))
                        .toList(),
                List.of(endpoints)));
        return this;
    }

    ClusterView view() {
        return ClusterView.of(services, slices, Set.of("default", "kube-system"));
    }

    static SliceView.Endpoint[] ready(String... addresses) {
        return Arrays.stream(addresses)
                .map(address -> SliceView.Endpoint.ready(address, NODE))
                .toArray(SliceView.Endpoint[]::new);
    }

    static PodView pod(String name, String address, String app) {
        return new PodView(
                new ObjectName("default", name),
                address,
                NODE,
                Map.of("app", app),
                List.of(new PodView.Port("web", "tcp", 8080)));
    }

    static ServiceView plain(String name, String address) {
        return service(name, address, "tcp", 0, Optional.empty(), false, false);
    }

    static ServiceView udp(String name, String address) {
        return service(name, address, "udp", 0, Optional.empty(), false, false);
    }

    static ServiceView nodePort(String name, String address, int nodePort, boolean externalLocal) {
        return service(name, address, "tcp", nodePort, Optional.empty(), externalLocal, false);
    }

    static ServiceView sticky(String name, String address) {
        return service(name, address, "tcp", 0, Optional.of(Duration.ofHours(3)), false, false);
    }

    static ServiceView internalLocal(String name, String address) {
        return service(name, address, "tcp", 0, Optional.empty(), false, true);
    }

    /// `service` with a load balancer at `address`, for clients of `sources` only if there are any.
    static ServiceView balanced(ServiceView service, String address, String... sources) {
        return new ServiceView(
                service.name(),
                service.addresses(),
                List.of(address),
                new ServiceView.Guard(
                        List.of(address),
                        Arrays.stream(sources).map(Range::parse).toList()),
                service.ports(),
                service.headless(),
                service.alias(),
                service.affinity(),
                service.externalLocal(),
                service.internalLocal());
    }

    private static ServiceView service(
            String name,
            String address,
            String protocol,
            int nodePort,
            Optional<Duration> affinity,
            boolean externalLocal,
            boolean internalLocal) {
        return new ServiceView(
                new ObjectName("default", name),
                List.of(address),
                List.of(),
                ServiceView.Guard.NONE,
                List.of(new ServiceView.Port("", protocol, 80, nodePort)),
                false,
                Optional.empty(),
                affinity,
                externalLocal,
                internalLocal);
    }
}
