package dev.longshore.model;

import java.util.List;

/// Decides what users may do. Called for every request: must be quick. Thread-safe.
public interface Authorizer {

    /// May they?
    Decision authorize(Attributes attributes);

    /// What `user` may do in `namespace`, for SelfSubjectRulesReview.
    default Rules rules(UserInfo user, String namespace) {
        return Rules.NONE;
    }

    /// What it measures, for `/metrics`.
    default List<MetricFamily> metrics() {
        return List.of();
    }

    /// What is asked for.
    ///
    /// @param verb `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection` …; for
    /// other paths the HTTP method in lower case
    /// @param path of requests that are not about resources, else empty
    /// @param selection what narrows a list, a watch or a deletion of many
    record Attributes(
            UserInfo user,
            String verb,
            String group,
            String version,
            String resource,
            String subresource,
            String namespace,
            String name,
            String path,
            Selection selection) {

        /// Of what is not narrowed.
        public Attributes(
                UserInfo user,
                String verb,
                String group,
                String version,
                String resource,
                String subresource,
                String namespace,
                String name,
                String path) {
            this(user, verb, group, version, resource, subresource, namespace, name, path, Selection.NONE);
        }

        /// The same, asked by `other`.
        public Attributes withUser(UserInfo other) {
            return new Attributes(other, verb, group, version, resource, subresource, namespace, name, path, selection);
        }

        /// True if it is about a resource.
        public boolean isResource() {
            return path.isEmpty();
        }

        /// True if nothing is changed by it.
        public boolean isReadOnly() {
            return verb.equals("get") || verb.equals("list") || verb.equals("watch");
        }

        /// With another verb.
        public Attributes withVerb(String other) {
            return new Attributes(user, other, group, version, resource, subresource, namespace, name, path, selection);
        }
    }

    /// By which fields and labels the asked-for objects are chosen: all of the requirements hold. What could not be
    /// read is left out, so that more is asked for than meant, never less.
    ///
    /// @param fieldError why not all of the field selector could be read; empty if it could
    /// @param labelError likewise of labels
    record Selection(
            List<FieldSelector.Requirement> fields,
            List<LabelSelector.Requirement> labels,
            String fieldError,
            String labelError) {

        /// All objects.
        public static final Selection NONE = new Selection(List.of(), List.of(), "", "");

        public Selection {
            fields = List.copyOf(fields);
            labels = List.copyOf(labels);
        }

        /// Reads selectors as queries have them; either may be empty.
        public static Selection parse(String fields, String labels) {
            return fields.isEmpty() && labels.isEmpty() ? NONE : read(fields, labels);
        }

        private static Selection read(String fields, String labels) {
            List<FieldSelector.Requirement> byField = List.of();
            List<LabelSelector.Requirement> byLabel = List.of();
            String fieldError = "";
            String labelError = "";
            try {
                byField = FieldSelector.parse(fields).requirements();
            } catch (FaultException unreadable) {
                fieldError = unreadable.fault().message();
            }
            try {
                byLabel = LabelSelector.parse(labels).requirements();
            } catch (FaultException unreadable) {
                labelError = unreadable.fault().message();
            }
            return new Selection(byField, byLabel, fieldError, labelError);
        }

        /// True if only objects whose `field` is `value` are asked for.
        public boolean isOnly(String field, String value) {
            return fields.contains(new FieldSelector.Requirement(field, true, value));
        }
    }

    /// The answer.
    sealed interface Decision {

        /// For logs and refusals; may be empty.
        String why();

        /// What went wrong while it was decided; empty if nothing did.
        String error();

        /// Yes.
        record Allow(String why) implements Decision {
            @Override
            public String error() {
                return "";
            }
        }

        /// No, whatever others say.
        record Deny(String why, String error) implements Decision {
            /// With all in order.
            public Deny(String why) {
                this(why, "");
            }
        }

        /// Ask the next one; no if nobody says yes.
        record NoOpinion(String why, String error) implements Decision {
            /// With all in order.
            public NoOpinion(String why) {
                this(why, "");
            }
        }
    }

    /// Rules as RBAC spells them.
    ///
    /// @param isIncomplete whether there may be more that cannot be listed
    /// @param error what went wrong, or cannot be listed; empty if nothing did
    record Rules(List<ResourceRule> resources, List<PathRule> paths, boolean isIncomplete, String error) {

        /// None at all.
        public static final Rules NONE = new Rules(List.of(), List.of());

        public Rules {
            resources = List.copyOf(resources);
            paths = List.copyOf(paths);
        }

        /// All of them.
        public Rules(List<ResourceRule> resources, List<PathRule> paths) {
            this(resources, paths, false, "");
        }
    }

    /// Verbs on resources.
    record ResourceRule(List<String> verbs, List<String> groups, List<String> resources, List<String> names) {}

    /// Verbs on paths.
    record PathRule(List<String> verbs, List<String> paths) {}
}
