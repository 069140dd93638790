package dev.longshore.kinds.pods;

import dev.longshore.base.Json;
import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Tightened;
import dev.longshore.kinds.kit.Trees;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What annotations must be like that once stood for fields of pods, or still do.
record AnnotationChecks(Checks checks, String path) {

    static final String MIRROR = "kubernetes.io/config.mirror";
    static final String APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/";
    static final String SECCOMP_POD = "seccomp.security.alpha.kubernetes.io/pod";
    static final String SECCOMP_CONTAINER = "container.seccomp.security.alpha.kubernetes.io/";
    private static final String COST = "controller.kubernetes.io/pod-deletion-cost";
    private static final String TOLERATIONS = "scheduler.alpha.kubernetes.io/tolerations";
    private static final String LOCALHOST = "localhost/";

    /// Checks what `annotations` say of a pod with `spec`.
    void check(Map<String, String> annotations, JsonNode spec) {
        if (annotations.isEmpty()) {
            return;
        }
        if (annotations.containsKey(MIRROR) && Trees.text(spec, "nodeName").isEmpty()) {
            checks.invalid(
                    at(MIRROR), annotations.get(MIRROR), "must set spec.nodeName if mirror pod annotation is set");
        }
        tolerations(annotations.getOrDefault(TOLERATIONS, ""));
        String cost = annotations.get(COST);
        if (cost != null && !isCost(cost)) {
            checks.under(Tightened.DELETION_COST, () -> checks.invalid(at(COST), cost, "must be a 32bit integer"));
        }
        annotations.forEach((key, value) -> {
            if (key.equals(SECCOMP_POD) || key.startsWith(SECCOMP_CONTAINER)) {
                seccomp(key, value);
            }
        });
        appArmor(annotations, spec);
    }

    private String at(String key) {
        return path + "[" + key + "]";
    }

    private static boolean isCost(String text) {
        // Go's parser takes a sign; what begins with 0 is refused, so that there is one spelling.
        if (!text.matches("-?(0|[1-9]\\d{0,9})") || text.equals("-0")) {
            return false;
        }
        long cost = Long.parseLong(text);
        return cost >= Integer.MIN_VALUE && cost <= Integer.MAX_VALUE;
    }

    private void tolerations(String text) {
        if (text.isEmpty()) {
            return;
        }
        try {
            JsonNode list = Json.parse(text);
            for (int i = 0; i < list.size(); i++) {
                if (list.get(i) instanceof ObjectNode toleration) {
                    PlacementChecks.toleration(checks, path + "." + TOLERATIONS + "[" + i + "]", toleration);
                }
            }
        } catch (Json.MalformedException notJson) {
            checks.invalid(path, TOLERATIONS, notJson.getMessage());
        }
    }

    private void seccomp(String key, String profile) {
        switch (profile) {
            case "runtime/default", "docker/default", "unconfined" -> {
                // Known to everybody.
            }
            default -> {
                if (profile.startsWith(LOCALHOST)) {
                    PathChecks.descending(checks, path + "." + key, profile.substring(LOCALHOST.length()));
                } else {
                    checks.invalid(path + "." + key, profile, "must be a valid seccomp profile");
                }
            }
        }
    }

    private void appArmor(Map<String, String> annotations, JsonNode spec) {
        Set<String> names = new HashSet<>();
        PodLists.each("", spec, (at, container) -> names.add(Trees.text(container, "name")));
        annotations.forEach((key, profile) -> {
            if (!key.startsWith(APP_ARMOR)) {
                return;
            }
            String container = key.substring(APP_ARMOR.length());
            if (!names.contains(container)) {
                checks.invalid(at(key), container, "container not found");
            }
            boolean isKnown = profile.isEmpty()
                    || profile.equals("runtime/default")
                    || profile.equals("unconfined")
                    || profile.startsWith(LOCALHOST);
            if (!isKnown) {
                checks.invalid(at(key), profile, "invalid AppArmor profile name: \"" + profile + "\"");
            }
        });
    }

    /// Where an annotation and the field that took its place are both there, they must say the same.
    void agree(Map<String, String> annotations, String specPath, JsonNode spec) {
        if (annotations.isEmpty()) {
            return;
        }
        JsonNode context = spec.path("securityContext");
        agree(
                annotations.get(SECCOMP_POD),
                "seccomp",
                context.path("seccompProfile"),
                specPath + ".securityContext.seccompProfile");
        boolean isWindows = Trees.text(spec, "os", "name").equals("windows");
        PodLists.each(specPath, spec, (at, container) -> {
            String name = Trees.text(container, "name");
            JsonNode own = container.path("securityContext");
            agree(
                    annotations.get(SECCOMP_CONTAINER + name),
                    "seccomp",
                    own.path("seccompProfile"),
                    at + ".securityContext.seccompProfile");
            if (!isWindows) {
                agree(
                        annotations.get(APP_ARMOR + name),
                        "apparmor",
                        own.path("appArmorProfile").isObject()
                                ? own.path("appArmorProfile")
                                : context.path("appArmorProfile"),
                        at + ".securityContext.appArmorProfile");
            }
        });
    }

    private void agree(String annotation, String what, JsonNode profile, String at) {
        if (annotation == null || !profile.isObject()) {
            return;
        }
        String type = Trees.text(profile, "type");
        boolean isLocal = annotation.startsWith(LOCALHOST);
        boolean isSameType =
                switch (type) {
                    case "Unconfined" -> annotation.equals("unconfined");
                    case "RuntimeDefault" ->
                        annotation.equals("runtime/default")
                                || what.equals("seccomp") && annotation.equals("docker/default");
                    case "Localhost" -> isLocal;
                    default -> true;
                };
        if (!isSameType) {
            checks.forbidden(at + ".type", what + " type in annotation and field must match");
        } else if (type.equals("Localhost")
                && !annotation.substring(LOCALHOST.length()).equals(Trees.text(profile, "localhostProfile"))) {
            checks.forbidden(at + ".localhostProfile", what + " profile in annotation and field must match");
        }
    }

    /// Some annotations may not come, change or go while a pod lives.
    void change(Map<String, String> now, Map<String, String> before) {
        before.forEach((key, value) -> {
            if (!value.equals(now.get(key)) && isFixed(key)) {
                checks.forbidden(at(key), "may not remove or update " + called(key));
            }
        });
        now.keySet().forEach(key -> {
            if (!before.containsKey(key) && isFixed(key)) {
                checks.forbidden(at(key), "may not add " + called(key));
            }
        });
    }

    private static boolean isFixed(String key) {
        return key.startsWith(APP_ARMOR) || key.equals(MIRROR);
    }

    private static String called(String key) {
        return key.equals(MIRROR) ? "mirror pod annotation" : "AppArmor annotations";
    }
}
