package dev.longshore.apiserver.encryption;

import dev.longshore.model.Cause;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// What resources one entry of an [EncryptionConfiguration] may name together.
final class ResourceNames {

    private static final Set<String> NO_OBJECTS =
            Set.of("apiserveripinfo", "serviceipallocations", "servicenodeportallocations");

    private ResourceNames() {}

    static List<Cause> check(List<String> names, String path) {
        var causes = new ArrayList<Cause>();
        if (names.isEmpty()) {
            causes.add(Cause.required(path, "at least one " + path + " is required"));
        }
        String shown = "[" + String.join(" ", names) + "]";
        if (new HashSet<>(names).size() < names.size()) {
            causes.add(Cause.invalid(path, shown, "the same resource cannot be specified multiple times"));
        }
        if (overlap(names)) {
            causes.add(Cause.invalid(
                    path,
                    shown,
                    "using overlapping resources such as 'secrets' and '*.' in the same resource list is not allowed as"
                            + " they will be masked"));
        }
        for (int i = 0; i < names.size(); i++) {
            String at = path + "[" + i + "]";
            String name = names.get(i);
            flaw(name).ifPresent(why -> causes.add(Cause.invalid(at, Cause.quote(name), why)));
        }
        return causes;
    }

    private static boolean overlap(List<String> names) {
        Set<String> distinct = new HashSet<>(names);
        return distinct.size() > 1
                && distinct.stream()
                        .anyMatch(each -> each.equals("*.*")
                                || distinct.stream()
                                        .anyMatch(other -> !each.equals(other)
                                                && group(each).equals(group(other))
                                                && resource(each).equals("*")));
    }

    private static Optional<String> flaw(String name) {
        if (!name.equals(name.toLowerCase(Locale.ROOT))) {
            return Optional.of("resource name should not contain capital letters");
        }
        if (name.equals("*")) {
            return Optional.of(
                    "use '*.' to encrypt all the resources from core API group or *.* to encrypt all resources");
        }
        if (NO_OBJECTS.contains(name)) {
            return Optional.of("resources which do not have REST API/s cannot be encrypted");
        }
        return switch (group(name)) {
            case "events.k8s.io" ->
                Optional.of("'*.events.k8s.io' objects are stored using the 'events' API group in etcd. Use 'events'"
                        + " instead in the config file");
            case "extensions" -> Optional.of("'extensions' group has been removed and cannot be used for encryption");
            case "*" ->
                resource(name).equals("*")
                        ? Optional.empty()
                        : Optional.of("encrypting the same resource across groups is not supported");
            default -> Optional.empty();
        };
    }

    private static String resource(String name) {
        return name.contains(".") ? name.substring(0, name.indexOf('.')) : name;
    }

    private static String group(String name) {
        return name.contains(".") ? name.substring(name.indexOf('.') + 1) : "";
    }
}
