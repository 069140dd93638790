package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.NameRule;
import dev.longshore.model.Quantity;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What clients should know about pods and pod templates that are accepted all the same.
public final class PodWarnings {

    private static final Map<String, String> OLD_ANNOTATIONS = Map.of(
            "scheduler.alpha.kubernetes.io/critical-pod",
                    "non-functional in v1.16+; use the \"priorityClassName\" field instead",
            "security.alpha.kubernetes.io/sysctls", "non-functional in v1.11+; use the \"sysctls\" field instead",
            "security.alpha.kubernetes.io/unsafe-sysctls",
                    "non-functional in v1.11+; use the \"sysctls\" field instead");
    private static final String OLD_SECCOMP = ": non-functional in v1.27+; use the \"seccompProfile\" field instead";
    private static final String LABEL_WANTED =
            ", which can result in surprising behavior; a DNS label is recommended: ";

    private final String prefix;
    private final JsonNode metadata;
    private final JsonNode spec;
    private final boolean isTemplate;
    private final List<String> warnings = new ArrayList<>();

    private PodWarnings(String prefix, JsonNode holder) {
        this.prefix = prefix;
        this.metadata = holder.path("metadata");
        this.spec = holder.path("spec");
        this.isTemplate = !prefix.isEmpty();
    }

    /// For a pod.
    static List<String> of(ObjectNode pod) {
        var warnings = new ArrayList<String>();
        name(warnings, pod, "this is used in the Pod's hostname");
        warnings.addAll(new PodWarnings("", pod).all());
        return warnings;
    }

    /// For a template at `path` of an object whose name begins those of its pods.
    public static List<String> ofOwner(ObjectNode owner, String path, JsonNode template) {
        var warnings = new ArrayList<String>();
        name(warnings, owner, "this is used in Pod names and hostnames");
        warnings.addAll(ofTemplate(path, template));
        return warnings;
    }

    /// For a template at `path`.
    public static List<String> ofTemplate(String path, JsonNode template) {
        return new PodWarnings(path + ".", template).all();
    }

    private static void name(List<String> warnings, ObjectNode object, String why) {
        List<String> faults = NameRule.DNS_LABEL.check(Trees.text(object, "metadata", "name"));
        if (!faults.isEmpty()) {
            warnings.add("metadata.name: " + why + LABEL_WANTED + "[" + String.join(" ", faults) + "]");
        }
    }

    private List<String> all() {
        placement();
        annotations();
        new VolumeWarnings(warnings, prefix + "spec", spec).add();
        if (Trees.number(spec, 0, "terminationGracePeriodSeconds") < 0) {
            warnings.add(prefix + "spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and"
                    + " will be treated as 1.");
        }
        repeated("hostAliases", "ip");
        repeated("imagePullSecrets", "name");
        Trees.each(spec, prefix + "spec", "imagePullSecrets", (at, secret) -> {
            if (Trees.text(secret, "name").isEmpty()) {
                warnings.add(at + ".name: invalid empty name \"\"");
            }
        });
        fractions(prefix + "spec.overhead", spec.path("overhead"));
        JsonNode own = spec.path("resources");
        fractions(prefix + "spec.resources.requests", own.path("requests"));
        fractions(prefix + "spec.resources.limits", own.path("limits"));
        PodLists.each(prefix + "spec", spec, this::container);
        new PortWarnings(warnings).add(prefix + "spec", spec);
        return warnings;
    }

    private void placement() {
        spec.path("nodeSelector").propertyNames().forEach(key -> {
            String message = NodeLabelWarnings.of(key);
            if (!message.isEmpty()) {
                warnings.add(prefix + "spec.nodeSelector[" + key + "]: " + message);
            }
        });
        String at = prefix + "spec.affinity.nodeAffinity.";
        String required = "requiredDuringSchedulingIgnoredDuringExecution";
        String preferred = "preferredDuringSchedulingIgnoredDuringExecution";
        JsonNode affinity = Trees.at(spec, "affinity", "nodeAffinity");
        Trees.each(
                affinity.path(required),
                at + required,
                "nodeSelectorTerms",
                (path, term) -> NodeLabelWarnings.term(warnings, path, term));
        Trees.each(
                affinity,
                prefix + "spec.affinity.nodeAffinity",
                preferred,
                (path, term) -> NodeLabelWarnings.term(warnings, path + ".preference", term.path("preference")));
        Trees.each(spec, prefix + "spec", "topologySpreadConstraints", (path, constraint) -> {
            String key = Trees.text(constraint, "topologyKey");
            if (!NodeLabelWarnings.of(key).isEmpty()) {
                warnings.add(path + ".topologyKey: " + key + " is " + NodeLabelWarnings.of(key));
            }
            if (!Trees.has(constraint, "labelSelector")) {
                warnings.add(path + ".labelSelector: a null labelSelector results in matching no pod");
            }
        });
    }

    private void annotations() {
        JsonNode annotations = metadata.path("annotations");
        OLD_ANNOTATIONS.keySet().stream()
                .sorted()
                .filter(annotations::has)
                .forEach(key -> warnings.add(annotation(key) + ": " + OLD_ANNOTATIONS.get(key)));
        if (annotations.has(AnnotationChecks.SECCOMP_POD) && !Trees.has(spec, "securityContext", "seccompProfile")) {
            warnings.add(annotation(AnnotationChecks.SECCOMP_POD) + OLD_SECCOMP);
        }
    }

    private String annotation(String key) {
        return prefix + "metadata.annotations[" + key + "]";
    }

    private void repeated(String list, String field) {
        var seen = new HashSet<String>();
        Trees.each(spec, prefix + "spec", list, (at, element) -> {
            String value = Trees.text(element, field);
            if (!seen.add(value)) {
                warnings.add(at + "." + field + ": duplicate " + field + " \"" + value + "\"");
            }
        });
    }

    private void fractions(String at, JsonNode amounts) {
        for (String name : List.of("memory", "ephemeral-storage")) {
            Quantity.find(amounts.path(name).asString(""))
                    .filter(amount -> !amount.isWhole())
                    .ifPresent(amount -> warnings.add(at + "[" + name + "]: fractional byte value \"" + amount
                            + "\" is invalid, must be an integer"));
        }
    }

    private void container(String at, ObjectNode container) {
        String name = Trees.text(container, "name");
        JsonNode annotations = metadata.path("annotations");
        String seccomp = AnnotationChecks.SECCOMP_CONTAINER + name;
        if (annotations.has(seccomp) && !Trees.has(container, "securityContext", "seccompProfile")) {
            warnings.add(annotation(seccomp) + OLD_SECCOMP);
        }
        String appArmor = AnnotationChecks.APP_ARMOR + name;
        boolean hasProfile = Trees.has(spec, "securityContext", "appArmorProfile")
                || Trees.has(container, "securityContext", "appArmorProfile");
        if (isTemplate && !hasProfile && annotations.has(appArmor)) {
            warnings.add(annotation(appArmor) + ": deprecated since v1.30; use the \"appArmorProfile\" field instead");
        }
        JsonNode resources = container.path("resources");
        fractions(at + ".resources.limits", resources.path("limits"));
        fractions(at + ".resources.requests", resources.path("requests"));
        env(at, container);
    }

    private void env(String path, ObjectNode container) {
        var seen = new HashSet<String>();
        Trees.each(container, path, "env", (at, variable) -> {
            String name = Trees.text(variable, "name");
            if (seen.add(name)) {
                return;
            }
            // A new value made from the old one hides nothing.
            String reference = "$(" + name + ")";
            String value = Trees.text(variable, "value");
            boolean isBad = Trees.has(variable, "valueFrom") || value.equals(reference) || !value.contains(reference);
            if (isBad) {
                warnings.add(
                        at + ": hides previous definition of \"" + name + "\", which may be dropped when using apply");
            }
        });
    }
}
