package dev.longshore.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The value of an option like `type=oci,"dest=a,b.tar"`: fields between commas, quoted where they hold one.
final class CsvFields {

    private CsvFields() {}

    /// The fields of `text` by name, in their order. A field without `=` has an empty value.
    ///
    /// @throws CommandFailure when a quote does not end, or a name comes twice
    static Map<String, String> read(String option, String text) {
        var fields = new LinkedHashMap<String, String>();
        for (String field : split(option, text)) {
            int equals = field.indexOf('=');
            String name = equals < 0 ? field : field.substring(0, equals);
            if (name.isEmpty() || fields.put(name, equals < 0 ? "" : field.substring(equals + 1)) != null) {
                throw new CommandFailure(option + " " + text + ": fields are name=value, each name once");
            }
        }
        return fields;
    }

    private static List<String> split(String option, String text) {
        var fields = new ArrayList<String>();
        var field = new StringBuilder();
        boolean isQuoted = false;
        for (int i = 0; i < text.length(); i++) {
            char letter = text.charAt(i);
            if (letter == '"') {
                boolean isDoubled = isQuoted && i + 1 < text.length() && text.charAt(i + 1) == '"';
                if (isDoubled) {
                    field.append('"');
                    i++;
                } else {
                    isQuoted = !isQuoted;
                }
            } else if (letter == ',' && !isQuoted) {
                fields.add(field.toString());
                field.setLength(0);
            } else {
                field.append(letter);
            }
        }
        if (isQuoted) {
            throw new CommandFailure(option + " " + text + ": a quote does not end");
        }
        fields.add(field.toString());
        return fields;
    }
}
