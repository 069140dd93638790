package dev.longshore.kinds.pods;

import dev.longshore.model.Call;
import dev.longshore.model.ConnectTarget;
import dev.longshore.model.Registry;
import dev.longshore.model.SubresourceAction;

/// `nodes/NAME[:PORT]/proxy/…`: the kubelet's own HTTP API.
public final class NodeProxy implements SubresourceAction {

    @Override
    public Result act(Call call, Registry registry, Invocation invocation) {
        ProxyName name = ProxyName.parse(invocation.name());
        ConnectTarget kubelet =
                NodeTargets.kubelet(registry, name.name(), "/" + invocation.remainder(), invocation.parameters());
        int port = name.port().isEmpty() ? kubelet.port() : name.portNumber();
        return new Result.Connect(new ConnectTarget(
                kubelet.scheme(), kubelet.host(), port, kubelet.path(), kubelet.query(), kubelet.trust()));
    }
}
