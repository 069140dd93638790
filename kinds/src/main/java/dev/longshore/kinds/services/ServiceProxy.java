package dev.longshore.kinds.services;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.kinds.pods.ProxyName;
import dev.longshore.model.Call;
import dev.longshore.model.ConnectTarget;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import dev.longshore.model.SubresourceAction;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `services/[SCHEME:]NAME[:PORT]/proxy/…`: HTTP to one of the service's ready endpoints.
final class ServiceProxy implements SubresourceAction {

    private static final GroupResource SLICES = new GroupResource("discovery.k8s.io", "endpointslices");

    private final RandomGenerator random;

    ServiceProxy(RandomGenerator random) {
        this.random = random;
    }

    @Override
    public Result act(Call call, Registry registry, Invocation invocation) {
        ProxyName name = ProxyName.parse(invocation.name());
        Resource service = registry.get(ServiceStocks.SERVICES, invocation.namespace(), name.name())
                .orElseThrow(() -> new FaultException(new Fault.NotFound(ServiceStocks.SERVICES, name.name())));
        String port = portName(name, service);
        List<ConnectTarget> targets = targets(registry, service, port, name, invocation);
        if (targets.isEmpty()) {
            throw new FaultException(
                    new Fault.Unavailable("no endpoints available for service \"" + invocation.name() + "\""));
        }
        return new Result.Connect(targets.get(random.nextInt(targets.size())));
    }

    /// A service's port may be asked for by name or by number; endpoints know it by name only.
    private static String portName(ProxyName name, Resource service) {
        List<ObjectNode> ports = Trees.list(service.tree(), "spec", "ports");
        if (name.port().isEmpty() && ports.size() == 1) {
            return Trees.text(ports.getFirst(), "name");
        }
        for (ObjectNode port : ports) {
            boolean isNamed = Trees.text(port, "name").equals(name.port());
            if (isNamed || Long.toString(Trees.number(port, 0, "port")).equals(name.port())) {
                return Trees.text(port, "name");
            }
        }
        throw new FaultException(new Fault.Unavailable(
                "no service port \"" + name.port() + "\" found for service \"" + name.name() + "\""));
    }

    private static List<ConnectTarget> targets(
            Registry registry, Resource service, String portName, ProxyName name, Invocation invocation) {
        var targets = new ArrayList<ConnectTarget>();
        for (Resource slice : registry.list(SLICES, service.namespace())) {
            if (!service.name().equals(slice.labels().get("kubernetes.io/service-name"))) {
                continue;
            }
            for (ObjectNode port : Trees.list(slice.tree(), "ports")) {
                if (!Trees.text(port, "name").equals(portName)) {
                    continue;
                }
                for (ObjectNode endpoint : Trees.list(slice.tree(), "endpoints")) {
                    JsonNode ready = Trees.at(endpoint, "conditions", "ready");
                    if (ready.asBoolean(true) && !endpoint.path("addresses").isEmpty()) {
                        targets.add(new ConnectTarget(
                                name.schemeOrHttp(),
                                Trees.strings(endpoint, "addresses").getFirst(),
                                (int) Trees.number(port, 0, "port"),
                                "/" + invocation.remainder(),
                                invocation.parameters(),
                                ConnectTarget.Trust.WORKLOAD));
                    }
                }
            }
        }
        return targets;
    }
}
