package dev.longshore.kinds.podsecurity.controls;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Cause;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/// System calls are filtered: by annotations until 1.18, by fields since. Restricted pods must say so.
final class SeccompProfile {

    private static final String BASELINE = "seccompProfile_baseline";
    private static final String REASON = "seccompProfile";
    private static final String OF_PODS = "seccomp.security.alpha.kubernetes.io/pod";
    private static final String OF_CONTAINERS = "container.seccomp.security.alpha.kubernetes.io/";
    private static final int WITH_FIELDS = 19;

    private SeccompProfile() {}

    static Control baseline() {
        return Control.of(
                BASELINE,
                Level.BASELINE,
                Control.Revision.since(0, SeccompProfile::judgeAnnotations),
                Control.Revision.since(WITH_FIELDS, SeccompProfile::judgeFields));
    }

    static Control restricted() {
        Control.Check check = pod -> judgeFields(pod).or(() -> judgeSilence(pod));
        return Control.of(
                "seccompProfile_restricted",
                Level.RESTRICTED,
                Control.Revision.since(WITH_FIELDS, check).replacing(BASELINE),
                Control.Revision.since(25, check.butOnWindows()).replacing(BASELINE));
    }

    private static Optional<Violation> judgeAnnotations(PodSubject pod) {
        var forbidden = new TreeSet<String>();
        forbid(pod.annotations(), OF_PODS, forbidden);
        pod.containers()
                .forEach(container ->
                        forbid(pod.annotations(), OF_CONTAINERS + Trees.text(container, "name"), forbidden));
        return forbidden.isEmpty()
                ? Optional.empty()
                : Optional.of(new Violation(
                        REASON,
                        "forbidden " + Words.counted("annotation", forbidden.size()) + " "
                                + String.join(", ", forbidden)));
    }

    private static void forbid(Map<String, String> annotations, String key, TreeSet<String> forbidden) {
        String profile = annotations.getOrDefault(key, "runtime/default");
        boolean isAllowed = profile.equals("runtime/default")
                || profile.equals("docker/default")
                || profile.startsWith("localhost/");
        if (!isAllowed) {
            forbidden.add(key + "=" + Cause.quote(profile));
        }
    }

    private static Optional<Violation> judgeFields(PodSubject pod) {
        var values = new TreeSet<String>();
        boolean isPod = isBad(pod.security(), values);
        List<String> containers = pod.containersThat(container -> isBad(PodSubject.security(container), values));
        return isPod || !containers.isEmpty()
                ? Optional.of(new Violation(
                        REASON,
                        Words.setters(isPod, containers) + " must not set securityContext.seccompProfile.type to "
                                + Words.quoted(values)))
                : Optional.empty();
    }

    private static Optional<Violation> judgeSilence(PodSubject pod) {
        if (says(pod.security())) {
            return Optional.empty();
        }
        List<String> silent = pod.containersThat(container -> !says(PodSubject.security(container)));
        return silent.isEmpty()
                ? Optional.empty()
                : Optional.of(new Violation(
                        REASON,
                        "pod or " + Words.containers(silent) + " must set securityContext.seccompProfile.type to"
                                + " \"RuntimeDefault\" or \"Localhost\""));
    }

    private static boolean says(JsonNode security) {
        return Trees.has(security, "seccompProfile");
    }

    private static boolean isBad(JsonNode security, TreeSet<String> values) {
        String type = Trees.text(security, "seccompProfile", "type");
        if (!says(security) || type.equals("RuntimeDefault") || type.equals("Localhost")) {
            return false;
        }
        values.add(type);
        return true;
    }
}
