package dev.longshore.kinds.podsecurity.controls;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Cause;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/// AppArmor keeps the runtime's profile, or one of the node's own.
final class AppArmorProfile {

    private static final String ANNOTATION = "container.apparmor.security.beta.kubernetes.io/";

    private AppArmorProfile() {}

    static Control control() {
        return Control.of("appArmorProfile", Level.BASELINE, Control.Revision.since(0, AppArmorProfile::judge));
    }

    private static Optional<Violation> judge(PodSubject pod) {
        var values = new TreeSet<String>();
        boolean isPod = isBad(pod.security(), values);
        List<String> containers = pod.containersThat(container -> isBad(PodSubject.security(container), values));
        List<String> annotations = pod.annotations().entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(ANNOTATION) && !isAllowed(entry.getValue()))
                .map(entry -> entry.getKey() + "=" + Cause.quote(entry.getValue()))
                .sorted()
                .toList();
        var setters = new ArrayList<String>();
        if (isPod || !containers.isEmpty()) {
            setters.add(Words.setters(isPod, containers));
        }
        var all = new ArrayList<String>(values);
        if (!annotations.isEmpty()) {
            all.addAll(annotations);
            setters.add(Words.counted("annotation", annotations.size()));
        }
        if (setters.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Violation(
                Words.counted("forbidden AppArmor profile", all.size()),
                Words.joined(setters) + " must not set AppArmor profile type to " + Words.quoted(all)));
    }

    private static boolean isBad(JsonNode security, TreeSet<String> values) {
        if (!Trees.has(security, "appArmorProfile")) {
            return false;
        }
        String type = Trees.text(security, "appArmorProfile", "type");
        if (type.equals("RuntimeDefault") || type.equals("Localhost")) {
            return false;
        }
        values.add(type);
        return true;
    }

    private static boolean isAllowed(String profile) {
        return profile.isEmpty() || profile.equals("runtime/default") || profile.startsWith("localhost/");
    }
}
