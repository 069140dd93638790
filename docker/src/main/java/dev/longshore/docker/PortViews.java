package dev.longshore.docker;

import dev.longshore.base.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A container's ports as clients see them.
final class PortViews {

    private PortViews() {}

    /// As in a list of containers: published ones first under their own number, then those only exposed.
    static List<ObjectNode> list(EngineContainer container) {
        var all = new ArrayList<ObjectNode>();
        for (Ports.Binding binding : container.published()) {
            all.add(Json.object()
                    .put("IP", shown(binding))
                    .put("PrivatePort", binding.containerPort())
                    .put("PublicPort", binding.hostPort())
                    .put("Type", binding.protocol()));
        }
        for (String exposed : exposed(container)) {
            Ports.Target target = Ports.Target.parse(exposed);
            all.add(Json.object().put("PrivatePort", target.port()).put("Type", target.protocol()));
        }
        return all;
    }

    /// As `inspect` shows them.
    static ObjectNode map(EngineContainer container) {
        ObjectNode tree = Json.object();
        if (!container.state().hasProcesses()) {
            return tree;
        }
        exposed(container).forEach(tree::putNull);
        for (Ports.Binding binding : container.published()) {
            ArrayNode list = tree.path(binding.key()) instanceof ArrayNode there ? there : tree.putArray(binding.key());
            list.addObject().put("HostIp", shown(binding)).put("HostPort", String.valueOf(binding.hostPort()));
        }
        return tree;
    }

    private static List<String> exposed(EngineContainer container) {
        return new TreeSet<>(container.config().config().path("ExposedPorts").propertyNames())
                .stream()
                        .filter(port -> container.published().stream()
                                .noneMatch(binding -> binding.key()
                                        .equals(Ports.Target.parse(port).key())))
                        .toList();
    }

    private static String shown(Ports.Binding binding) {
        return binding.hostAddress().isEmpty() ? "0.0.0.0" : binding.hostAddress();
    }
}
