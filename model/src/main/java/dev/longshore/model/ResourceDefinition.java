package dev.longshore.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// All that the API machine knows of one resource in one version.
///
/// @param kind group, version and kind
/// @param names how people call it
/// @param verbs as discovery names them: `create`, `delete`, `deletecollection`, `get`, `list`, `patch`,
/// `update`, `watch`
/// @param schema the name of its definition in [Schemas], as `io.k8s.api.core.v1.Pod`
/// @param storage where and in which version objects are kept; versions of one resource share it
/// @param strategy rules of writing
/// @param fields the selectable fields beside metadata.name and metadata.namespace, each with how to read it
/// @param virtual present for resources that are not stored
/// @param isServedByDefault false for alpha versions, and betas that are off unless asked for
/// @param deprecation what whoever uses it is told, as `v1 Endpoints is deprecated in v1.33+`; empty for most
/// @param fieldRefusal what is said of a field that it cannot be selected by, with a place for its name
public record ResourceDefinition(
        GroupVersionKind kind,
        Names names,
        boolean namespaced,
        Set<String> verbs,
        String schema,
        Storage storage,
        Strategy strategy,
        List<Subresource> subresources,
        Table table,
        Map<String, Function<Resource, String>> fields,
        Optional<VirtualResource> virtual,
        boolean isServedByDefault,
        String fieldRefusal,
        String deprecation) {

    /// What most kinds say of a field that they cannot be selected by.
    public static final String USUAL_FIELD_REFUSAL = "field label not supported: %s";

    private static final String META_FIELDS_ONLY =
            "\"%s\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"";

    public ResourceDefinition {
        verbs = Set.copyOf(verbs);
        subresources = List.copyOf(subresources);
        fields = Map.copyOf(fields);
    }

    /// One that refuses fields as most do.
    public ResourceDefinition(
            GroupVersionKind kind,
            Names names,
            boolean namespaced,
            Set<String> verbs,
            String schema,
            Storage storage,
            Strategy strategy,
            List<Subresource> subresources,
            Table table,
            Map<String, Function<Resource, String>> fields,
            Optional<VirtualResource> virtual,
            boolean isServedByDefault) {
        this(
                kind,
                names,
                namespaced,
                verbs,
                schema,
                storage,
                strategy,
                subresources,
                table,
                fields,
                virtual,
                isServedByDefault,
                USUAL_FIELD_REFUSAL,
                "");
    }

    /// True if objects can be selected by `field`. A kind with fields of its own has no namespace to select by
    /// when it lives in none.
    public boolean isSelectable(String field) {
        return switch (field) {
            case "metadata.name" -> true;
            case "metadata.namespace" -> namespaced || fields.isEmpty();
            default -> fields.containsKey(field);
        };
    }

    /// What is said of a field that is not selectable.
    public String refusal(String field) {
        return (fields.isEmpty() ? META_FIELDS_ONLY : fieldRefusal).formatted(field);
    }

    /// Group and plural.
    public GroupResource resource() {
        return new GroupResource(kind.group(), names.plural());
    }

    /// The subresource called `name`.
    public Optional<Subresource> subresource(String name) {
        return subresources.stream().filter(sub -> sub.name().equals(name)).findFirst();
    }

    /// How people call it.
    public record Names(
            String plural, String singular, String listKind, List<String> shortNames, List<String> categories) {
        public Names {
            shortNames = List.copyOf(shortNames);
            categories = List.copyOf(categories);
        }
    }

    /// Where objects are kept: `/registry/PREFIX/[NAMESPACE/]NAME`.
    ///
    /// @param prefix as kube-apiserver has it: `pods`, `services/specs`, `deployments`, `minions` …
    /// @param version the version in which they are kept
    /// @param conversion between that version and this definition's
    /// @param indexes fields by which objects are found, and watchers told, without looking at all of them; the
    /// same for all versions of a resource
    public record Storage(String prefix, GroupVersionKind version, Conversion conversion, List<FieldPath> indexes) {
        public Storage {
            indexes = List.copyOf(indexes);
        }

        /// Without indexes.
        public Storage(String prefix, GroupVersionKind version, Conversion conversion) {
            this(prefix, version, conversion, List.of());
        }
    }
}
