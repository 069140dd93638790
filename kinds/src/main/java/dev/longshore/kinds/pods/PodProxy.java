package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Call;
import dev.longshore.model.ConnectTarget;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import dev.longshore.model.SubresourceAction;
import tools.jackson.databind.node.ObjectNode;

/// `pods/[SCHEME:]NAME[:PORT]/proxy/…`: HTTP to what runs in the pod.
final class PodProxy implements SubresourceAction {

    @Override
    public Result act(Call call, Registry registry, Invocation invocation) {
        ProxyName name = ProxyName.parse(invocation.name());
        Resource pod = registry.get(PodConnect.PODS, invocation.namespace(), name.name())
                .orElseThrow(() -> new FaultException(new Fault.NotFound(PodConnect.PODS, name.name())));
        String address = pod.text("status", "podIP");
        if (address.isEmpty()) {
            throw new FaultException(new Fault.BadRequest("address not allowed"));
        }
        return new Result.Connect(new ConnectTarget(
                name.schemeOrHttp(),
                address,
                port(name, pod),
                "/" + invocation.remainder(),
                invocation.parameters(),
                ConnectTarget.Trust.WORKLOAD));
    }

    private static int port(ProxyName name, Resource pod) {
        for (ObjectNode container : Trees.list(pod.tree(), "spec", "containers")) {
            for (ObjectNode port : Trees.list(container, "ports")) {
                boolean isAsked = name.port().isEmpty() || name.port().equals(Trees.text(port, "name"));
                if (isAsked) {
                    return (int) Trees.number(port, 80, "containerPort");
                }
            }
        }
        return name.port().isEmpty() ? 80 : name.portNumber();
    }
}
