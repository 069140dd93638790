package dev.longshore.apiserver.openapi;

import java.util.Locale;

/// How groups are called in operation ids and tags: `rbac.authorization.k8s.io` is `RbacAuthorization` and
/// `rbacAuthorization`.
final class Names {

    /// Where the definitions of the API's own types are.
    static final String META = "io.k8s.apimachinery.pkg.apis.meta.v1.";

    private Names() {}

    static String title(String word) {
        return word.isEmpty() ? word : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
    }

    /// `RbacAuthorization`; the group without a name is `Core`.
    static String group(String group) {
        if (group.isEmpty()) {
            return "Core";
        }
        var name = new StringBuilder();
        for (String label : group.replaceFirst("\\.k8s\\.io$", "").split("[.-]")) {
            name.append(title(label));
        }
        return name.toString();
    }

    /// `RbacAuthorizationV1`.
    static String groupVersion(String group, String version) {
        return group(group) + title(version);
    }

    /// `rbacAuthorization`.
    static String groupTag(String group) {
        String name = group(group);
        return name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1);
    }

    /// `rbacAuthorization_v1`.
    static String tag(String group, String version) {
        return groupTag(group) + "_" + version;
    }

    /// Where a group version is served, without slash before or behind.
    static String path(String group, String version) {
        return group.isEmpty() ? "api/" + version : "apis/" + group + "/" + version;
    }
}
