package dev.longshore.model;

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

    /// A value that may not be there, or not changed.
    public static Cause forbidden(String field, String detail) {
        return new Cause("FieldValueForbidden", field, "Forbidden: " + detail);
    }

    /// A value that is none of those supported.
    public static Cause unsupported(String field, String shown, java.util.List<String> supported) {
        String values =
                supported.stream().map(value -> '"' + value + '"').collect(java.util.stream.Collectors.joining(", "));
        return new Cause(
                "FieldValueNotSupported", field, "Unsupported value: " + shown + ": supported values: " + values);
    }

    /// A value that is there twice.
    public static Cause duplicate(String field, String shown) {
        return new Cause("FieldValueDuplicate", field, "Duplicate value: " + shown);
    }
}
