package dev.longshore.kinds.custom;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Cause;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// What the schema of a custom resource wants of a text: its length, a pattern, a format. Formats are those of
/// [TextFormats].
record SchemaTexts(JsonNode schema) {

    /// What is wrong.
    sealed interface Fault {
        record TooLong(int longest) implements Fault {}

        record Wrong(String words) implements Fault {}
    }

    List<Fault> faults(String text) {
        var faults = new ArrayList<Fault>();
        int length = text.codePointCount(0, text.length());
        JsonNode most = schema.path("maxLength");
        if (most.isNumber() && length > most.asLong()) {
            faults.add(new Fault.TooLong((int) most.asLong()));
        }
        JsonNode least = schema.path("minLength");
        if (least.isNumber() && length < least.asLong()) {
            faults.add(new Fault.Wrong("should be at least " + least.asLong() + " chars long"));
        }
        String pattern = Trees.text(schema, "pattern");
        if (!pattern.isEmpty() && !matches(pattern, text)) {
            faults.add(new Fault.Wrong("should match '" + pattern + "'"));
        }
        String format = Trees.text(schema, "format");
        if (!TextFormats.fits(format, text)) {
            faults.add(new Fault.Wrong("must be of type " + format + ": " + Cause.quote(text)));
        }
        return faults;
    }

    /// What is no pattern is not asked: that is told elsewhere.
    private static boolean matches(String pattern, String text) {
        return Patterns.find(pattern)
                .map(compiled -> compiled.matcher(text).find())
                .orElse(true);
    }
}
