package dev.longshore.model;

import java.util.List;
import java.util.stream.Collectors;

/// One reason why an object was refused (`details.causes` of a Status).
///
/// @param type as in Kubernetes: `FieldValueRequired`, `FieldValueInvalid`, `FieldValueNotSupported`,
/// `FieldValueDuplicate`, `FieldValueForbidden`, `FieldValueNotFound`, `FieldValueTooLong`,
/// `FieldValueTypeInvalid` …
/// @param field the path, as `spec.containers[0].name`
/// @param message without the path, as `Required value`
public record Cause(String type, String field, String message) {

    /// A value that must be there.
    public static Cause required(String field, String detail) {
        return new Cause("FieldValueRequired", field, "Required value" + (detail.isEmpty() ? "" : ": " + detail));
    }

    /// A value that is wrong; `shown` is how the value is printed (strings quoted).
    public static Cause invalid(String field, String shown, String detail) {
        return new Cause("FieldValueInvalid", field, "Invalid value: " + shown + ": " + detail);
    }

    /// A value of the wrong type; `shown` is how the value is printed.
    public static Cause typeInvalid(String field, String shown, String detail) {
        return new Cause("FieldValueTypeInvalid", field, "Invalid value: " + shown + ": " + detail);
    }

    /// A value that may not be there, or not changed.
    public static Cause forbidden(String field, String detail) {
        return new Cause("FieldValueForbidden", field, "Forbidden" + (detail.isEmpty() ? "" : ": " + detail));
    }

    /// A value that is none of those supported.
    public static Cause unsupported(String field, String shown, List<String> supported) {
        String values = supported.stream().map(value -> '"' + value + '"').collect(Collectors.joining(", "));
        return new Cause(
                "FieldValueNotSupported", field, "Unsupported value: " + shown + ": supported values: " + values);
    }

    /// A value that is there twice.
    public static Cause duplicate(String field, String shown) {
        return new Cause("FieldValueDuplicate", field, "Duplicate value: " + shown);
    }

    /// Something that is named and is not there.
    public static Cause notFound(String field, String shown) {
        return new Cause("FieldValueNotFound", field, "Not found: " + shown);
    }

    /// A text of more than `longest` bytes.
    public static Cause tooLong(String field, int longest) {
        return new Cause(
                "FieldValueTooLong",
                field,
                "Too long: may not be more than " + longest + (longest == 1 ? " byte" : " bytes"));
    }

    /// More than `most` elements.
    public static Cause tooMany(String field, int actual, int most) {
        return new Cause(
                "FieldValueTooMany",
                field,
                "Too many: " + actual + ": must have at most " + most + (most == 1 ? " item" : " items"));
    }

    /// A text as messages show it: in quotes, with whatever does not print escaped.
    public static String quote(String text) {
        var quoted = new StringBuilder(text.length() + 2).append('"');
        text.codePoints().forEach(point -> {
            switch (point) {
                case '"' -> quoted.append("\\\"");
                case '\\' -> quoted.append("\\\\");
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                case 0x07 -> quoted.append("\\a");
                case '\b' -> quoted.append("\\b");
                case '\f' -> quoted.append("\\f");
                case 0x0b -> quoted.append("\\v");
                default -> {
                    if (Character.isISOControl(point)) {
                        quoted.append("\\x%02x".formatted(point));
                    } else {
                        quoted.appendCodePoint(point);
                    }
                }
            }
        });
        return quoted.append('"').toString();
    }
}
