package dev.longshore.kinds.admission;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Admission;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Pods run only on nodes with the labels that their namespace names, or else with those that all namespaces have; and
/// a namespace may be held to labels that its pods may ask for.
final class PodNodeSelector implements Admission {

    private static final String ANNOTATION = "scheduler.alpha.kubernetes.io/node-selector";
    private static final String FOR_ALL = "clusterDefaultNodeSelector";
    private static final int FAILED = 500;

    private final Map<String, String> selectors;

    /// @param configuration `podNodeSelectorPluginConfig`: labels by namespace; may be missing
    PodNodeSelector(JsonNode configuration) {
        this.selectors = Map.copyOf(Trees.texts(configuration, "podNodeSelectorPluginConfig"));
    }

    @Override
    public String name() {
        return "PodNodeSelector";
    }

    @Override
    public void mutate(Attempt attempt, Registry registry) {
        Attempts.created(attempt, Attempts.PODS).ifPresent(pod -> {
            Map<String, String> wanted = ofNamespace(attempt, registry);
            refuseConflict(attempt, wanted, pod);
            if (!wanted.isEmpty()) {
                ObjectNode selector = pod.object("spec").withObject("nodeSelector");
                wanted.forEach(selector::put);
            }
            refuseForbidden(attempt, pod);
        });
    }

    @Override
    public void validate(Attempt attempt, Registry registry) {
        Attempts.created(attempt, Attempts.PODS).ifPresent(pod -> {
            refuseConflict(attempt, ofNamespace(attempt, registry), pod);
            refuseForbidden(attempt, pod);
        });
    }

    private Map<String, String> ofNamespace(Attempt attempt, Registry registry) {
        Resource namespace = registry.get(Attempts.NAMESPACES, "", attempt.namespace())
                .orElseThrow(() -> new FaultException(new Fault.Internal(
                        "Internal error occurred: namespace " + attempt.namespace() + " does not exist")));
        String own = Trees.texts(namespace.tree(), "metadata", "annotations").get(ANNOTATION);
        return labels(own == null ? selectors.getOrDefault(FOR_ALL, "") : own);
    }

    private static Map<String, String> labels(String text) {
        try {
            return NodeSelectorText.read(text);
        } catch (IllegalArgumentException malformed) {
            throw new FaultException(new Fault.Foreign(FAILED, "", malformed.getMessage()));
        }
    }

    private static void refuseConflict(Attempt attempt, Map<String, String> wanted, Resource pod) {
        Map<String, String> own = own(pod);
        boolean isOther = wanted.entrySet().stream()
                .anyMatch(label -> own.containsKey(label.getKey())
                        && !own.get(label.getKey()).equals(label.getValue()));
        if (isOther) {
            throw Attempts.forbidden(
                    attempt, "pod node label selector conflicts with its namespace node label selector");
        }
    }

    private void refuseForbidden(Attempt attempt, Resource pod) {
        Map<String, String> allowed = labels(selectors.getOrDefault(attempt.namespace(), ""));
        if (!allowed.isEmpty() && !allowed.entrySet().containsAll(own(pod).entrySet())) {
            throw Attempts.forbidden(attempt, "pod node label selector labels conflict with its namespace whitelist");
        }
    }

    private static Map<String, String> own(Resource pod) {
        return new TreeMap<>(Trees.texts(pod.tree(), "spec", "nodeSelector"));
    }
}
