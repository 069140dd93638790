package dev.longshore.model;

import java.util.List;
import java.util.Map;

/// Who asks.
public record UserInfo(String name, String uid, List<String> groups, Map<String, List<String>> extra) {

    /// The group of cluster administrators, which every authorizer lets pass.
    public static final String MASTERS = "system:masters";

    /// Requests without credentials.
    public static final UserInfo ANONYMOUS =
            new UserInfo("system:anonymous", "", List.of("system:unauthenticated"), Map.of());

    public UserInfo {
        groups = List.copyOf(groups);
        extra = Map.copyOf(extra);
    }

    /// A user known by name, in `groups` and in `system:authenticated`.
    public static UserInfo of(String name, String... groups) {
        var all = new java.util.ArrayList<>(List.of(groups));
        all.add("system:authenticated");
        return new UserInfo(name, "", all, Map.of());
    }

    /// The ServiceAccount `namespace`/`name`.
    public static UserInfo serviceAccount(String namespace, String name, String uid) {
        return new UserInfo(
                "system:serviceaccount:" + namespace + ":" + name,
                uid,
                List.of("system:serviceaccounts", "system:serviceaccounts:" + namespace, "system:authenticated"),
                Map.of());
    }
}
