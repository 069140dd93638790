package dev.longshore.model;

import java.util.Map;
import java.util.function.Function;

/// The fields by which objects of one kind can be selected, beside metadata.name, which all have. Which they are
/// follows what kube-apiserver accepts (the field label conversions of each version), not what it could read.
///
/// @param readers how to read each
/// @param byNamespace whether metadata.namespace is one too
/// @param refusal what is said of any other field, with `%s` in the place of its name, or `"%s"` for that in quotes
public record SelectableFields(Map<String, Function<Resource, String>> readers, boolean byNamespace, String refusal) {

    /// What most kinds with fields of their own say of others.
    public static final String USUAL_REFUSAL = "field label not supported: %s";

    private static final String QUOTED = "\"%s\"";
    private static final String NAME = "metadata.name";
    private static final String NAMESPACE = "metadata.namespace";

    /// Name and namespace: those of every kind that says nothing else. A kind that lives in no namespace has that
    /// field all the same.
    public static final SelectableFields METADATA = new SelectableFields(
            Map.of(), true, "\"%s\" is not a known field selector: only \"" + NAME + "\", \"" + NAMESPACE + "\"");

    public SelectableFields {
        readers = Map.copyOf(readers);
    }

    /// `readers` beside the name and, for kinds that live in one, the namespace.
    public static SelectableFields of(Map<String, Function<Resource, String>> readers, boolean namespaced) {
        return readers.isEmpty() ? METADATA : new SelectableFields(readers, namespaced, USUAL_REFUSAL);
    }

    /// True if objects can be selected by `field`.
    public boolean has(String field) {
        return switch (field) {
            case NAME -> true;
            case NAMESPACE -> byNamespace;
            default -> readers.containsKey(field);
        };
    }

    /// What is said of a field that they cannot be selected by.
    public String refusalOf(String field) {
        return refusal.contains(QUOTED) ? refusal.replace(QUOTED, GoText.quoted(field)) : refusal.replace("%s", field);
    }
}
