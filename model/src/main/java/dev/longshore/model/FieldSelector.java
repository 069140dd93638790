package dev.longshore.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// Which values selectable fields must have: `metadata.name=web,status.phase!=Running`.
public record FieldSelector(List<Requirement> requirements) {

    /// Fits every object.
    public static final FieldSelector EVERYTHING = new FieldSelector(List.of());

    private static final String NAME = "metadata.name";

    public FieldSelector {
        requirements = List.copyOf(requirements);
    }

    /// One requirement.
    ///
    /// @param equal whether the field must be, or must not be, `value`
    public record Requirement(String field, boolean equal, String value) {}

    /// Reads a selector; a backslash takes the meaning from `,`, `=` and itself. Its parts are taken in the order of
    /// the alphabet, which decides what is complained of first.
    ///
    /// @throws FaultException with [Fault.BadRequest]
    public static FieldSelector parse(String text) {
        var requirements = new ArrayList<Requirement>();
        List<String> parts = split(text);
        Collections.sort(parts);
        for (String part : parts) {
            if (part.isEmpty()) {
                continue;
            }
            int at = part.indexOf('=');
            if (at < 0) {
                throw new FaultException(
                        new Fault.BadRequest("invalid selector: '%s'; can't understand '%s'".formatted(text, part)));
            }
            boolean differs = at > 0 && part.charAt(at - 1) == '!';
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
        return only(NAME);
    }

    /// The value of `field` that alone can fit, if there is one.
    public Optional<String> only(String field) {
        return requirements.stream()
                .filter(requirement -> requirement.equal && requirement.field.equals(field))
                .map(Requirement::value)
                .findFirst();
    }

    /// With one requirement more.
    public FieldSelector with(String field, String value) {
        var more = new ArrayList<>(requirements);
        more.add(new Requirement(field, true, value));
        return new FieldSelector(more);
    }

    /// Refuses fields that `definition` cannot select by.
    ///
    /// @throws FaultException with [Fault.BadRequest]
    public void check(ResourceDefinition definition) {
        for (Requirement requirement : requirements) {
            if (!definition.fields().has(requirement.field)) {
                throw new FaultException(
                        new Fault.BadRequest(definition.fields().refusalOf(requirement.field)));
            }
        }
    }

    /// True if an object fits whose fields `value` tells.
    public boolean fits(UnaryOperator<String> value) {
        for (Requirement requirement : requirements) {
            if (value.apply(requirement.field).equals(requirement.value) != requirement.equal) {
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
        var plain = new StringBuilder();
        for (int i = 0; i < value.length(); i++) {
            char each = value.charAt(i);
            if (each == '=') {
                throw new FaultException(
                        new Fault.BadRequest("invalid field selector: unescaped character in value: " + (int) each));
            }
            if (each == '\\') {
                i++;
                String escaped = value.substring(Math.min(i, value.length()), Math.min(i + 1, value.length()));
                if (escaped.isEmpty() || "\\,=".indexOf(escaped.charAt(0)) < 0) {
                    throw new FaultException(
                            new Fault.BadRequest("invalid field selector: invalid escape sequence: \\" + escaped));
                }
                plain.append(escaped);
            } else {
                plain.append(each);
            }
        }
        return plain.toString();
    }
}
