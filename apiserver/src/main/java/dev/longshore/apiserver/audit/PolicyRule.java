package dev.longshore.apiserver.audit;

import dev.longshore.model.Authorizer.Attributes;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// One rule of an [AuditPolicy]. Of every list an empty one fits all.
///
/// @param groups one of the user's must be among them
/// @param namespaces the empty name stands for what is in none
/// @param paths of requests that are not about resources; may end with `*`
public record PolicyRule(
        AuditLevel level,
        List<String> users,
        List<String> groups,
        List<String> verbs,
        List<Resources> resources,
        List<String> namespaces,
        List<String> paths,
        Set<AuditStage> omitStages,
        Optional<Boolean> omitManagedFields) {

    public PolicyRule {
        users = List.copyOf(users);
        groups = List.copyOf(groups);
        verbs = List.copyOf(verbs);
        resources = List.copyOf(resources);
        namespaces = List.copyOf(namespaces);
        paths = List.copyOf(paths);
        omitStages = Set.copyOf(omitStages);
    }

    /// Resources of one group.
    ///
    /// @param group `*` for every one
    /// @param resources `pods`, `pods/log`, `pods/*`, `*/scale` or `*`
    public record Resources(String group, List<String> resources, List<String> names) {

        public Resources {
            resources = List.copyOf(resources);
            names = List.copyOf(names);
        }

        private boolean fits(Attributes asked) {
            if (!group.equals("*") && !group.equals(asked.group())) {
                return false;
            }
            return resources.isEmpty()
                    || (names.isEmpty() || names.contains(asked.name()))
                            && resources.stream().anyMatch(each -> fits(each, asked));
        }

        private static boolean fits(String wanted, Attributes asked) {
            String sub = asked.subresource();
            String whole = sub.isEmpty() ? asked.resource() : asked.resource() + "/" + sub;
            return wanted.equals("*")
                    || wanted.equals(whole)
                    || !sub.isEmpty() && wanted.equals("*/" + sub)
                    || wanted.equals(asked.resource() + "/*");
        }
    }

    boolean fits(Attributes asked) {
        return fitsUser(asked) && (verbs.isEmpty() || verbs.contains(asked.verb())) && fitsPlace(asked);
    }

    private boolean fitsUser(Attributes asked) {
        boolean isUser = users.isEmpty() || users.contains(asked.user().name());
        return isUser && (groups.isEmpty() || asked.user().groups().stream().anyMatch(groups::contains));
    }

    private boolean fitsPlace(Attributes asked) {
        if (!namespaces.isEmpty() || !resources.isEmpty()) {
            return asked.isResource()
                    && (namespaces.isEmpty() || namespaces.contains(asked.namespace()))
                    && (resources.isEmpty() || resources.stream().anyMatch(each -> each.fits(asked)));
        }
        return paths.isEmpty() || !asked.isResource() && paths.stream().anyMatch(path -> fitsPath(path, asked.path()));
    }

    private static boolean fitsPath(String wanted, String path) {
        boolean isPrefix = wanted.endsWith("*");
        return wanted.equals("*") || wanted.equals(path) || isPrefix && path.startsWith(wanted.replaceAll("\\*+$", ""));
    }
}
