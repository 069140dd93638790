package dev.longshore.model;

import java.util.List;

/// Decides what users may do. Called for every request: must be quick. Thread-safe.
public interface Authorizer {

    /// May they?
    Decision authorize(Attributes attributes);

    /// What `user` may do in `namespace`, for SelfSubjectRulesReview.
    default Rules rules(UserInfo user, String namespace) {
        return new Rules(List.of(), List.of());
    }

    /// What is asked for.
    ///
    /// @param verb `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection` …; for
    /// other paths the HTTP method in lower case
    /// @param path of requests that are not about resources, else empty
    record Attributes(
            UserInfo user,
            String verb,
            String group,
            String version,
            String resource,
            String subresource,
            String namespace,
            String name,
            String path) {

        /// True if it is about a resource.
        public boolean isResource() {
            return path.isEmpty();
        }
    }

    /// The answer.
    sealed interface Decision {
        /// Yes.
        record Allow(String why) implements Decision {}

        /// No, whatever others say.
        record Deny(String why) implements Decision {}

        /// Ask the next one; no if nobody says yes.
        record NoOpinion(String why) implements Decision {}
    }

    /// Rules as RBAC spells them.
    record Rules(List<ResourceRule> resources, List<PathRule> paths) {}

    /// Verbs on resources.
    record ResourceRule(List<String> verbs, List<String> groups, List<String> resources, List<String> names) {}

    /// Verbs on paths.
    record PathRule(List<String> verbs, List<String> paths) {}
}
