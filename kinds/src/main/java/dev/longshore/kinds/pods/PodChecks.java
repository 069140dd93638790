package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.InnerTypes;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.NameRule;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What pods and pod templates must be like. The order is kube-apiserver's, so that lists of causes read alike.
public final class PodChecks {

    private static final long MAX_DEADLINE = Integer.MAX_VALUE;

    private PodChecks() {}

    /// Checks a pod: what holds of every spec, and what of pods only.
    static void pod(Checks checks, ObjectNode pod) {
        JsonNode spec = pod.path("spec");
        new AnnotationChecks(checks, "metadata.annotations").check(Trees.texts(pod, "metadata", "annotations"), spec);
        String name = Trees.text(pod, "metadata", "name");
        boolean isMirror = Trees.has(pod, "metadata", "annotations", AnnotationChecks.MIRROR);
        PodScope scope = PodScope.of(spec, Optional.of(name).filter(text -> !text.isEmpty()), true);
        spec(checks, "spec", spec, scope, isMirror);
        if (Trees.text(spec, "serviceAccountName").isEmpty()) {
            noTokens(checks, spec);
        }
        for (String list : List.of("containers", "initContainers")) {
            Trees.each(spec, "spec", list, (at, container) -> ContainerChecks.image(checks, at, container));
        }
    }

    private static void noTokens(Checks checks, JsonNode spec) {
        Trees.each(
                spec,
                "spec",
                "volumes",
                (at, volume) -> Trees.each(volume.path("projected"), at + ".projected", "sources", (source, tree) -> {
                    if (Trees.has(tree, "serviceAccountToken")) {
                        checks.forbidden(
                                source + ".serviceAccountToken",
                                "must not be specified when serviceAccountName is not set");
                    }
                }));
    }

    /// Checks a controller's pod template, which must have labels that `selector` picks. Without a selector
    /// nothing is picked.
    public static void template(Checks checks, String path, JsonNode template, JsonNode selector) {
        boolean isEmpty = selector.isObject() && Selectors.isEmpty(selector);
        Map<String, String> labels = Trees.texts(template, "metadata", "labels");
        if (!isEmpty && (!selector.isObject() || !Selectors.matches(selector, labels))) {
            JsonNode shown = Trees.at(template, "metadata", "labels");
            checks.invalid(
                    path + ".metadata.labels", InnerTypes.map(shown), "`selector` does not match template `labels`");
        }
        template(checks, path, template);
    }

    /// Checks a pod template by itself.
    public static void template(Checks checks, String path, JsonNode template) {
        JsonNode spec = template.path("spec");
        Selectors.checkLabels(checks, path + ".labels", Trees.at(template, "metadata", "labels"));
        ClaimChecks.annotations(checks, path + ".annotations", Trees.at(template, "metadata", "annotations"));
        var annotations = new AnnotationChecks(checks, path + ".annotations");
        Map<String, String> texts = Trees.texts(template, "metadata", "annotations");
        annotations.check(texts, spec);
        spec(checks, path + ".spec", spec, PodScope.of(spec, Optional.empty(), false), false);
        annotations.agree(texts, path + ".spec", spec);
        if (!spec.path("ephemeralContainers").isEmpty()) {
            checks.forbidden(path + ".spec.ephemeralContainers", "ephemeral containers not allowed in pod template");
        }
    }

    private static void spec(Checks checks, String path, JsonNode spec, PodScope scope, boolean isMirror) {
        if (scope.gracePeriod().isEmpty()) {
            checks.required(path + ".terminationGracePeriodSeconds");
        }
        new VolumeChecks(checks, scope).check(path, spec);
        var resources = new PodResourceChecks(checks, path);
        resources.claims(spec, isMirror);
        var containers = new ContainerChecks(checks, path, scope);
        containers.check(spec);
        resources.check(spec, scope.claims());
        containers.hostNetwork(spec);
        checks.requiredAnyOf(path + ".restartPolicy", scope.restartPolicy(), "Always", "OnFailure", "Never");
        var dns = new DnsChecks(checks, path);
        dns.policy(spec);
        Selectors.checkLabels(checks, path + ".nodeSelector", spec.path("nodeSelector"));
        new SecurityChecks(checks).pod(path, spec);
        PlacementChecks.affinity(checks, path + ".affinity", spec.path("affinity"));
        dns.config(spec);
        gates(checks, path, spec);
        PlacementChecks.spread(checks, path, spec);
        WindowsChecks.hostProcesses(checks, path, spec);
        var os = new OsChecks(checks, path);
        os.hostUsers(spec);
        dns.override(spec);
        names(checks, path, spec);
        deadline(checks, path, spec);
        dns.hostName(spec);
        Trees.each(spec, path, "tolerations", (at, toleration) -> PlacementChecks.toleration(checks, at, toleration));
        dns.aliases(spec);
        classes(checks, path, spec);
        ResourceChecks.overhead(checks, path + ".overhead", spec.path("overhead"));
        os.check(spec);
        new EnvChecks(checks).fileVolumes(path, spec);
    }

    private static void gates(Checks checks, String path, JsonNode spec) {
        Trees.each(
                spec,
                path,
                "readinessGates",
                (at, gate) -> Selectors.checkKey(checks, at + ".conditionType", Trees.text(gate, "conditionType")));
        var seen = new HashSet<String>();
        Trees.each(spec, path, "schedulingGates", (at, gate) -> {
            String name = Trees.text(gate, "name");
            Selectors.checkKey(checks, at, name);
            if (!seen.add(name)) {
                checks.duplicate(at, name);
            }
        });
    }

    private static void names(Checks checks, String path, JsonNode spec) {
        for (String field : List.of("serviceAccountName", "nodeName")) {
            name(checks, path + "." + field, Trees.text(spec, field));
        }
    }

    private static void classes(Checks checks, String path, JsonNode spec) {
        name(checks, path + ".priorityClassName", Trees.text(spec, "priorityClassName"));
        if (Trees.has(spec, "runtimeClassName")) {
            checks.name(path + ".runtimeClassName", Trees.text(spec, "runtimeClassName"), NameRule.DNS_SUBDOMAIN);
        }
        checks.anyOf(path + ".preemptionPolicy", Trees.text(spec, "preemptionPolicy"), "PreemptLowerPriority", "Never");
    }

    private static void name(Checks checks, String path, String name) {
        if (!name.isEmpty()) {
            checks.name(path, name, NameRule.DNS_SUBDOMAIN);
        }
    }

    private static void deadline(Checks checks, String path, JsonNode spec) {
        JsonNode deadline = spec.path("activeDeadlineSeconds");
        if (deadline.isNumber() && (deadline.asLong() < 1 || deadline.asLong() > MAX_DEADLINE)) {
            checks.invalid(
                    path + ".activeDeadlineSeconds", deadline.asLong(), "must be between 1 and 2147483647, inclusive");
        }
    }

    /// What only a new pod may not have.
    static void created(Checks checks, ObjectNode pod) {
        JsonNode spec = pod.path("spec");
        if (!spec.path("ephemeralContainers").isEmpty()) {
            checks.forbidden("spec.ephemeralContainers", "cannot be set on create");
        }
        if (!Trees.text(spec, "nodeName").isEmpty()
                && !spec.path("schedulingGates").isEmpty()) {
            checks.forbidden("spec.nodeName", "cannot be set until all schedulingGates have been cleared");
        }
        new AnnotationChecks(checks, "metadata.annotations")
                .agree(Trees.texts(pod, "metadata", "annotations"), "spec", spec);
    }
}
