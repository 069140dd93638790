package dev.longshore.model;

import java.util.Set;

/// What stands behind a path below an object.
public sealed interface Subresource {

    /// The last path element.
    String name();

    /// What is sent and answered there.
    GroupVersionKind kind();

    /// HTTP verbs as discovery names them: `get`, `patch`, `update`, `create`.
    Set<String> verbs();

    /// The object's status, written apart from its spec.
    record Status(GroupVersionKind kind) implements Subresource {
        @Override
        public String name() {
            return "status";
        }

        @Override
        public Set<String> verbs() {
            return Set.of("get", "patch", "update");
        }
    }

    /// `autoscaling/v1 Scale`: paths into the object, as `spec.replicas`. The selector path leads to a
    /// LabelSelector, a map of labels, or a string.
    record Scale(String specReplicas, String statusReplicas, String statusSelector) implements Subresource {
        @Override
        public String name() {
            return "scale";
        }

        @Override
        public GroupVersionKind kind() {
            return new GroupVersionKind("autoscaling", "v1", "Scale");
        }

        /// The name of its definition.
        public String schema() {
            return "io.k8s.api.autoscaling.v1.Scale";
        }

        @Override
        public Set<String> verbs() {
            return Set.of("get", "patch", "update");
        }
    }

    /// The same object, written under other rules (pods/resize, namespaces/finalize, …): `strategy` takes the
    /// place of the kind's own.
    record Part(String name, GroupVersionKind kind, Set<String> verbs, Strategy strategy) implements Subresource {}

    /// Something done to the object (binding, eviction, token), or a conversation with it (log, exec, proxy).
    record Action(String name, GroupVersionKind kind, Set<String> verbs, SubresourceAction action)
            implements Subresource {}
}
