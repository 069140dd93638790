package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Call;
import dev.longshore.model.ConnectTarget;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import dev.longshore.model.SubresourceAction;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Conversations with a pod, which its node's kubelet holds: log, exec, attach and portforward.
public enum PodConnect implements SubresourceAction {
    /// What a container wrote.
    LOG("containerLogs", true),
    /// A command in a container.
    EXEC("exec", true),
    /// The streams of a container's own process.
    ATTACH("attach", true),
    /// Connections to the pod's ports.
    PORT_FORWARD("portForward", false);

    static final GroupResource PODS = new GroupResource("", "pods");

    /// The streams' names: the API server's, then the kubelet's.
    private static final Map<String, String> STREAMS =
            Map.of("stdin", "input", "stdout", "output", "stderr", "error", "tty", "tty");
    private static final List<String> LOG_OPTIONS =
            List.of("follow", "previous", "sinceSeconds", "sinceTime", "timestamps", "tailLines", "limitBytes");

    private final String verb;
    private final boolean isOfContainer;

    PodConnect(String verb, boolean isOfContainer) {
        this.verb = verb;
        this.isOfContainer = isOfContainer;
    }

    @Override
    public Result act(Call call, Registry registry, Invocation invocation) {
        if (this == LOG) {
            LogQuery.require(invocation);
        }
        Resource pod = registry.get(PODS, invocation.namespace(), invocation.name())
                .orElseThrow(() -> new FaultException(new Fault.NotFound(PODS, invocation.name())));
        String path = "/" + verb + "/" + NodeTargets.step(pod.namespace()) + "/" + NodeTargets.step(pod.name());
        if (isOfContainer) {
            path += "/"
                    + NodeTargets.step(
                            container(pod, invocation.parameter("container").orElse("")));
        }
        String node = pod.text("spec", "nodeName");
        if (node.isEmpty() && this == LOG) {
            return new Result.Text("");
        }
        if (node.isEmpty()) {
            throw new FaultException(new Fault.BadRequest("pod " + pod.name() + " does not have a host assigned"));
        }
        ConnectTarget target = NodeTargets.kubelet(registry, node, path, query(invocation));
        return new Result.Connect(target);
    }

    private static String container(Resource pod, String asked) {
        List<String> containers = names(pod, "containers");
        List<String> all = Stream.of(names(pod, "initContainers"), containers, names(pod, "ephemeralContainers"))
                .flatMap(List::stream)
                .toList();
        if (!asked.isEmpty()) {
            if (!all.contains(asked)) {
                throw new FaultException(
                        new Fault.BadRequest("container " + asked + " is not valid for pod " + pod.name()));
            }
            return asked;
        }
        return switch (containers.size()) {
            case 1 -> containers.getFirst();
            case 0 ->
                throw new FaultException(
                        new Fault.BadRequest("a container name must be specified for pod " + pod.name()));
            default ->
                throw new FaultException(new Fault.BadRequest("a container name must be specified for pod " + pod.name()
                        + ", choose one of: [" + String.join(" ", all) + "]"));
        };
    }

    private static List<String> names(Resource pod, String list) {
        return Trees.list(pod.tree(), "spec", list).stream()
                .map(container -> Trees.text(container, "name"))
                .toList();
    }

    private Map<String, List<String>> query(Invocation invocation) {
        var query = new LinkedHashMap<String, List<String>>();
        switch (this) {
            case LOG ->
                LOG_OPTIONS.forEach(
                        option -> invocation.parameter(option).ifPresent(value -> query.put(option, List.of(value))));
            case EXEC, ATTACH -> {
                STREAMS.forEach((stream, name) -> {
                    if (isTrue(invocation.parameter(stream).orElse("false"))) {
                        query.put(name, List.of("1"));
                    }
                });
                if (this == EXEC) {
                    query.put("command", invocation.parameters().getOrDefault("command", List.of()));
                }
            }
            case PORT_FORWARD -> {
                List<String> ports = invocation.parameters().getOrDefault("ports", List.of());
                if (!ports.isEmpty()) {
                    query.put("port", ports);
                }
            }
        }
        return query;
    }

    private static boolean isTrue(String text) {
        return text.equals("true") || text.equals("1") || text.isEmpty();
    }
}
