package dev.longshore.model;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/// All that the API machine knows of one resource in one version.
///
/// @param kind group, version and kind
/// @param names how people call it
/// @param verbs as discovery names them: `create`, `delete`, `deletecollection`, `get`, `list`, `patch`,
/// `update`, `watch`
/// @param schema the name of its definition in [Schemas], as `io.k8s.api.core.v1.Pod`
/// @param storage where and in which version objects are kept; versions of one resource share it
/// @param strategy rules of writing
/// @param fields by which of its fields objects can be selected
/// @param virtual present for resources that are not stored
/// @param isServedByDefault false for alpha versions, and betas that are off unless asked for
/// @param deprecation what whoever uses it is told, as `v1 Endpoints is deprecated in v1.33+`; empty for most
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
        SelectableFields fields,
        Optional<VirtualResource> virtual,
        boolean isServedByDefault,
        String deprecation) {

    public ResourceDefinition {
        verbs = Set.copyOf(verbs);
        subresources = List.copyOf(subresources);
    }

    /// One that is not deprecated.
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
            SelectableFields fields,
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
                "");
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
