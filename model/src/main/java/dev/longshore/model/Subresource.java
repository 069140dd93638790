package dev.longshore.model;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What stands behind a path below an object.
public sealed interface Subresource {

    /// The last path element.
    String name();

    /// What is sent and answered there.
    GroupVersionKind kind();

    /// HTTP verbs as discovery names them: `get`, `patch`, `update`, `create`.
    Set<String> verbs();

    /// The definition of what is sent and answered; empty where it is the resource's own, or text.
    default Optional<String> schema() {
        return Optional.empty();
    }

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
    ///
    /// @param table how a Scale is shown
    record Scale(String specReplicas, String statusReplicas, String statusSelector, Table table)
            implements Subresource {
        @Override
        public String name() {
            return "scale";
        }

        @Override
        public GroupVersionKind kind() {
            return new GroupVersionKind("autoscaling", "v1", "Scale");
        }

        @Override
        public Optional<String> schema() {
            return Optional.of("io.k8s.api.autoscaling.v1.Scale");
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
    ///
    /// @param schema the definition of what is sent and answered, if it is an object
    /// @param answer what comes back
    /// @param parameters what it takes in the query
    record Action(
            String name,
            GroupVersionKind kind,
            Set<String> verbs,
            SubresourceAction action,
            Optional<String> schema,
            Answer answer,
            List<Parameter> parameters)
            implements Subresource {

        public Action {
            verbs = Set.copyOf(verbs);
            parameters = List.copyOf(parameters);
        }

        /// An action that takes and answers objects.
        public Action(String name, GroupVersionKind kind, Set<String> verbs, SubresourceAction action) {
            this(name, kind, verbs, action, Optional.empty(), Answer.OBJECT, List.of());
        }

        /// Whether the request, with its body, goes on to a back end.
        public boolean isConversation() {
            return answer == Answer.STREAM || answer == Answer.PROXY;
        }
    }

    /// What an action answers.
    enum Answer {
        /// An object.
        OBJECT,
        /// Text, read only.
        TEXT,
        /// Whatever a back end says, through an upgraded connection.
        STREAM,
        /// Whatever a back end says to any HTTP method, also at paths below the subresource.
        PROXY
    }

    /// A query parameter.
    ///
    /// @param type `string`, `integer` or `boolean`
    /// @param isList whether every repetition counts
    record Parameter(String name, String type, String description, boolean isList) {

        /// One that is given once.
        public Parameter(String name, String type, String description) {
            this(name, type, description, false);
        }
    }
}
