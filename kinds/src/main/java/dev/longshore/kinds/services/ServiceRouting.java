package dev.longshore.kinds.services;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import dev.longshore.model.ServiceRouter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Leads to a Service's ready endpoints by its EndpointSlices, and to an ExternalName by that name. What is said of
/// obstacles is what kube-aggregator's availability controller says.
public final class ServiceRouting implements ServiceRouter {

    private static final GroupResource SLICES = new GroupResource("discovery.k8s.io", "endpointslices");
    private static final String SERVICE_NAME = "kubernetes.io/service-name";
    private static final String EXTERNAL = "ExternalName";

    private final RandomGenerator random;

    /// @param random chooses among endpoints
    public ServiceRouting(RandomGenerator random) {
        this.random = random;
    }

    @Override
    public List<GroupResource> sources() {
        return List.of(ServiceStocks.SERVICES, SLICES);
    }

    @Override
    public Optional<String> serviceOf(Resource object) {
        return object.kind().kind().equals("Service")
                ? Optional.of(object.name())
                : Optional.ofNullable(object.labels().get(SERVICE_NAME));
    }

    @Override
    public Optional<Obstacle> obstacle(Registry registry, Destination destination) {
        String named = "service/%s in \"%s\"".formatted(destination.name(), destination.namespace());
        Optional<Resource> service = service(registry, destination);
        if (service.isEmpty()) {
            return Optional.of(new Obstacle("ServiceNotFound", named + " is not present"));
        }
        if (!type(service.get()).equals("ClusterIP")) {
            return Optional.empty();
        }
        Optional<ObjectNode> port = port(service.get(), destination.port());
        if (port.isEmpty()) {
            return Optional.of(
                    new Obstacle("ServicePortError", named + " is not listening on port " + destination.port()));
        }
        List<Resource> slices = slices(registry, service.get());
        if (slices.isEmpty()) {
            return Optional.of(new Obstacle("EndpointsNotFound", "cannot find endpointslices for " + named));
        }
        String portName = Trees.text(port.get(), "name");
        boolean isReachable =
                slices.stream().anyMatch(slice -> !addresses(slice, portName).isEmpty());
        return isReachable
                ? Optional.empty()
                : Optional.of(new Obstacle(
                        "MissingEndpoints",
                        "endpointslices for %s have no addresses with port name \"%s\"".formatted(named, portName)));
    }

    @Override
    public Address resolve(Registry registry, Destination destination) {
        Resource service = service(registry, destination)
                .orElseThrow(() -> new FaultException(new Fault.NotFound(ServiceStocks.SERVICES, destination.name())));
        if (type(service).equals(EXTERNAL)) {
            return new Address(service.text("spec", "externalName"), destination.port());
        }
        ObjectNode port = port(service, destination.port())
                .orElseThrow(() -> unavailable("no service port %d found for service \"%s\""
                        .formatted(destination.port(), destination.name())));
        return ordered(service, slices(registry, service)).stream()
                .map(slice -> addresses(slice, Trees.text(port, "name")))
                .filter(found -> !found.isEmpty())
                .findFirst()
                .map(found -> found.get(random.nextInt(found.size())))
                .orElseThrow(() -> unavailable("no endpoints available for service \"" + destination.name() + "\""));
    }

    private static FaultException unavailable(String why) {
        return new FaultException(new Fault.Unavailable(why));
    }

    private static Optional<Resource> service(Registry registry, Destination destination) {
        return registry.get(ServiceStocks.SERVICES, destination.namespace(), destination.name());
    }

    private static String type(Resource service) {
        String type = service.text("spec", "type");
        return type.isEmpty() ? "ClusterIP" : type;
    }

    private static Optional<ObjectNode> port(Resource service, int number) {
        return Trees.list(service.tree(), "spec", "ports").stream()
                .filter(port -> Trees.number(port, 0, "port") == number)
                .findFirst();
    }

    private static List<Resource> slices(Registry registry, Resource service) {
        return registry.list(SLICES, service.namespace()).stream()
                .filter(slice -> service.name().equals(slice.labels().get(SERVICE_NAME)))
                .toList();
    }

    /// Those of the Service's first family before the others, else by chance.
    private List<Resource> ordered(Resource service, List<Resource> slices) {
        var shuffled = new ArrayList<>(slices);
        Collections.shuffle(shuffled, java.util.Random.from(random));
        List<String> families = Trees.strings(service.tree(), "spec", "ipFamilies");
        if (!families.isEmpty()) {
            shuffled.sort((left, right) -> Boolean.compare(
                    right.text("addressType").equals(families.getFirst()),
                    left.text("addressType").equals(families.getFirst())));
        }
        return shuffled;
    }

    /// Where the ready endpoints of a slice listen under `portName`.
    private static List<Address> addresses(Resource slice, String portName) {
        var found = new ArrayList<Address>();
        for (ObjectNode port : Trees.list(slice.tree(), "ports")) {
            if (!Trees.text(port, "name").equals(portName) || !port.path("port").isNumber()) {
                continue;
            }
            for (ObjectNode endpoint : Trees.list(slice.tree(), "endpoints")) {
                JsonNode ready = Trees.at(endpoint, "conditions", "ready");
                List<String> hosts = Trees.strings(endpoint, "addresses");
                if (ready.asBoolean(true) && !hosts.isEmpty()) {
                    found.add(new Address(hosts.getFirst(), (int) Trees.number(port, 0, "port")));
                }
            }
        }
        return found;
    }
}
