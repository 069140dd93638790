package dev.longshore.builder.flags;

import dev.longshore.builder.dockerfile.Suggestion;
import java.util.List;
import java.util.Locale;

/// `RUN --device=…`: a device of the container device interface.
///
/// @param name `vendor/class=name`, `vendor/class` or a class
/// @param isRequired whether its absence fails the step
public record Device(String name, boolean isRequired) {

    private static final List<String> OPTIONS = List.of("name", "required");

    /// `vendor.com/class=gpu0,required`, `name=…,required=true`.
    ///
    /// @throws IllegalArgumentException with the reason
    static Device read(String text) {
        String name = "";
        boolean isRequired = false;
        for (String field : CsvFields.of(text, "devices")) {
            int equals = field.indexOf('=');
            String key = (equals < 0 ? field : field.substring(0, equals)).toLowerCase(Locale.ROOT);
            String value = field.substring(equals + 1);
            if (key.equals("required")) {
                isRequired = equals < 0 || GoValues.bool(key, value);
            } else if (key.equals("name") && equals >= 0) {
                if (!name.isEmpty()) {
                    throw new IllegalArgumentException("device name already set to " + name);
                }
                name = value;
            } else if (name.isEmpty()) {
                name = field;
            } else {
                throw new IllegalArgumentException(
                        equals < 0
                                ? "invalid field '" + field + "' must be a key=value pair"
                                : "unexpected key '" + key + "' in '" + field + "'" + Suggestion.of(key, OPTIONS));
            }
        }
        return new Device(name, isRequired);
    }
}
