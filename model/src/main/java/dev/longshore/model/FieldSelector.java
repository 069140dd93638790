package dev.longshore.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Which values selectable fields must have: `metadata.name=web,status.phase!=Running`.
public record FieldSelector(List<Requirement> requirements) {

    /// Fits every object.
    public static final FieldSelector EVERYTHING = new FieldSelector(List.of());

    private static final String NAME = "metadata.name";
    private static final String NAMESPACE = "metadata.namespace";

    public FieldSelector {
        requirements = List.copyOf(requirements);
    }

    /// One requirement.
    ///
    /// @param equal whether the field must be, or must not be, `value`
    public record Requirement(String field, boolean equal, String value) {}

    /// Reads a selector; a backslash takes the meaning from `,`, `=` and itself.
    ///
    /// @throws FaultException with [Fault.BadRequest]
    public static FieldSelector parse(String text) {
        var requirements = new ArrayList<Requirement>();
        for (String part : split(text)) {
            if (part.isEmpty()) {
                continue;
            }
            int at = part.indexOf('=');
            if (at <= 0) {
                throw new FaultException(
                        new Fault.BadRequest("invalid selector: '%s'; can't understand '%s'".formatted(text, part)));
            }
            boolean differs = part.charAt(at - 1) == '!';
            int valueAt = !differs && part.startsWith("==", at) ? at + 2 : at + 1;
            requirements.add(new Requirement(
                    part.substring(0, differs ? at - 1 : at), !differs, unescape(part.substring(valueAt))));
        }
        return new FieldSelector(requirements);
    }

    /// True if every object fits.
    public boolean isEverything() {
        return requirements.isEmpty();
    }

    /// The name that alone can fit, if there is one.
    public Optional<String> onlyName() {
        return requirements.stream()
                .filter(requirement -> requirement.equal && requirement.field.equals(NAME))
                .map(Requirement::value)
                .findFirst();
    }

    /// Refuses fields that `definition` cannot select by.
    ///
    /// @throws FaultException with [Fault.BadRequest]
    public void check(ResourceDefinition definition) {
        for (Requirement requirement : requirements) {
            String field = requirement.field;
            boolean isKnown = field.equals(NAME)
                    || field.equals(NAMESPACE)
                    || definition.fields().containsKey(field);
            if (!isKnown) {
                throw new FaultException(new Fault.BadRequest("field label not supported: " + field));
            }
        }
    }

    /// True if `object` fits; `fields` say how to read those beside name and namespace.
    public boolean fits(Resource object, Map<String, Function<Resource, String>> fields) {
        for (Requirement requirement : requirements) {
            String value =
                    switch (requirement.field) {
                        case NAME -> object.name();
                        case NAMESPACE -> object.namespace();
                        default ->
                            fields.getOrDefault(requirement.field, none -> "").apply(object);
                    };
            if (value.equals(requirement.value) != requirement.equal) {
                return false;
            }
        }
        return true;
    }

    private static List<String> split(String text) {
        var parts = new ArrayList<String>();
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '\\') {
                i++;
            } else if (text.charAt(i) == ',') {
                parts.add(text.substring(start, i));
                start = i + 1;
            }
        }
        parts.add(text.substring(start));
        return parts;
    }

    private static String unescape(String value) {
        return value.replaceAll("\\\\([\\\\,=])", "$1");
    }
}
