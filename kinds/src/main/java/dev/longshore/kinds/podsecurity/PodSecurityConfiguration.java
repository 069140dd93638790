package dev.longshore.kinds.podsecurity;

import java.util.Set;
import tools.jackson.databind.JsonNode;

/// What the file of `--admission-control-config-file` says about Pod Security.
///
/// @param defaults what holds where no label says otherwise
/// @param users whose pods are not looked at
/// @param namespaces in which none are looked at
/// @param runtimeClasses of which none are looked at
record PodSecurityConfiguration(
        Policy defaults, Set<String> users, Set<String> namespaces, Set<String> runtimeClasses) {

    /// As without a file: nothing is forbidden, as in the original.
    static final PodSecurityConfiguration DEFAULT =
            new PodSecurityConfiguration(Policy.PRIVILEGED, Set.of(), Set.of(), Set.of());

    /// What `tree` says; the default if there is none.
    ///
    /// @throws IllegalArgumentException if it says what cannot be
    static PodSecurityConfiguration of(JsonNode tree) {
        return tree.isMissingNode() ? DEFAULT : ConfigurationReader.read(tree);
    }

    PodSecurityConfiguration {
        users = Set.copyOf(users);
        namespaces = Set.copyOf(namespaces);
        runtimeClasses = Set.copyOf(runtimeClasses);
    }
}
