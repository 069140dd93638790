package dev.longshore.kinds.admission;

import static dev.longshore.kinds.kit.StrictConfiguration.Type.NUMBER;
import static dev.longshore.kinds.kit.StrictConfiguration.Type.OBJECTS;
import static dev.longshore.kinds.kit.StrictConfiguration.Type.TEXT;
import static java.util.Map.entry;

import dev.longshore.base.Json;
import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.StrictConfiguration;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.kinds.pods.PlacementChecks;
import dev.longshore.kinds.pods.Qos;
import dev.longshore.model.Admission;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Pods get the tolerations that their namespace says, and may have no others than it allows; what a namespace does not
/// say, the configuration says for all.
final class PodTolerationRestriction implements Admission {

    private static final String DEFAULTS = "scheduler.alpha.kubernetes.io/defaultTolerations";
    private static final String ALLOWED = "scheduler.alpha.kubernetes.io/tolerationsWhitelist";
    private static final int FAILED = 500;
    private static final StrictConfiguration FORM = new StrictConfiguration(
            "Configuration",
            List.of("podtolerationrestriction.admission.k8s.io/v1alpha1"),
            Map.ofEntries(
                    entry("default", OBJECTS),
                    entry("default.key", TEXT),
                    entry("default.operator", TEXT),
                    entry("default.value", TEXT),
                    entry("default.effect", TEXT),
                    entry("default.tolerationSeconds", NUMBER),
                    entry("whitelist", OBJECTS),
                    entry("whitelist.key", TEXT),
                    entry("whitelist.operator", TEXT),
                    entry("whitelist.value", TEXT),
                    entry("whitelist.effect", TEXT),
                    entry("whitelist.tolerationSeconds", NUMBER)));

    private final List<ObjectNode> defaults;
    private final List<ObjectNode> allowed;

    /// @param configuration a `Configuration`; may be missing
    /// @throws IllegalArgumentException if it says what cannot be
    PodTolerationRestriction(JsonNode configuration) {
        JsonNode checked = configuration.isMissingNode() ? configuration : FORM.checked(configuration);
        this.defaults = Trees.list(checked, "default");
        this.allowed = Trees.list(checked, "whitelist");
        var checks = new Checks();
        for (int i = 0; i < defaults.size(); i++) {
            PlacementChecks.toleration(checks, "podtolerationrestriction.default[" + i + "]", defaults.get(i));
        }
        for (int i = 0; i < allowed.size(); i++) {
            PlacementChecks.toleration(checks, "podtolerationrestriction.whitelist[" + i + "]", allowed.get(i));
        }
        if (checks.count() > 0) {
            throw new IllegalArgumentException("invalid config: "
                    + checks.causes().stream()
                            .map(flaw -> flaw.field() + ": " + flaw.message())
                            .collect(Collectors.joining(" ", "[", "]")));
        }
    }

    @Override
    public String name() {
        return "PodTolerationRestriction";
    }

    @Override
    public void mutate(Attempt attempt, Registry registry) {
        pod(attempt).ifPresent(pod -> {
            var more = new ArrayList<ObjectNode>();
            if (attempt.operation() == Operation.CREATE) {
                more.addAll(ofNamespace(attempt, registry, DEFAULTS).orElse(defaults));
            }
            if (!Qos.of(pod.object("spec")).equals("BestEffort")) {
                more.add(Json.object()
                        .put("key", "node.kubernetes.io/memory-pressure")
                        .put("operator", "Exists")
                        .put("effect", "NoSchedule"));
            }
            if (!more.isEmpty()) {
                ArrayNode tolerations = Json.array();
                Tolerations.merged(tolerations(pod), more).forEach(each -> tolerations.add(each.deepCopy()));
                pod.object("spec").set("tolerations", tolerations);
            }
            check(attempt, registry, pod);
        });
    }

    @Override
    public void validate(Attempt attempt, Registry registry) {
        pod(attempt).ifPresent(pod -> check(attempt, registry, pod));
    }

    private static Optional<Resource> pod(Attempt attempt) {
        boolean isWrite = attempt.operation() == Operation.CREATE || attempt.operation() == Operation.UPDATE;
        return isWrite && Attempts.isOf(attempt, Attempts.PODS) ? attempt.object() : Optional.empty();
    }

    private static List<ObjectNode> tolerations(Resource pod) {
        return Trees.list(pod.tree(), "spec", "tolerations");
    }

    private void check(Attempt attempt, Registry registry, Resource pod) {
        List<ObjectNode> tolerations = tolerations(pod);
        if (tolerations.isEmpty()) {
            return;
        }
        Optional<List<ObjectNode>> own = ofNamespace(attempt, registry, ALLOWED);
        List<ObjectNode> list = own.orElse(allowed);
        if (!list.isEmpty() && !Tolerations.areWithin(tolerations, list)) {
            throw failure("pod tolerations (possibly merged with namespace default tolerations) conflict with its "
                    + (own.isPresent() ? "namespace" : "cluster") + " whitelist");
        }
    }

    /// What the namespace says; empty if it says nothing.
    private static Optional<List<ObjectNode>> ofNamespace(Attempt attempt, Registry registry, String annotation) {
        Resource namespace = registry.get(Attempts.NAMESPACES, "", attempt.namespace())
                .orElseThrow(() -> new FaultException(new Fault.NotFound(Attempts.NAMESPACES, attempt.namespace())));
        String text = Trees.texts(namespace.tree(), "metadata", "annotations").get(annotation);
        if (text == null) {
            return Optional.empty();
        }
        if (text.isEmpty()) {
            return Optional.of(List.of());
        }
        try {
            JsonNode list = Json.parse(text);
            if (list.isArray() && list.valueStream().allMatch(JsonNode::isObject) || list.isNull()) {
                return Optional.of(Trees.list(list));
            }
        } catch (Json.MalformedException malformed) {
            throw failure(malformed.getMessage());
        }
        throw failure("json: cannot unmarshal the annotation " + annotation + " into Go value of type []v1.Toleration");
    }

    /// Refuses with what the original, too, calls a failure of its own.
    private static FaultException failure(String message) {
        return new FaultException(new Fault.Foreign(FAILED, "", message));
    }
}
