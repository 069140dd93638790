package dev.longshore.kinds.custom;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Cause;
import dev.longshore.model.IpText;
import dev.longshore.model.Times;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// What the schema of a custom resource wants of a text: its length, a pattern, a format. Formats that are not named
/// here are taken as comments.
record SchemaTexts(JsonNode schema) {

    private static final Pattern BASE64 = Pattern.compile("([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?");
    private static final Pattern UUID =
            Pattern.compile("\\p{XDigit}{8}-?\\p{XDigit}{4}-?\\p{XDigit}{4}-?\\p{XDigit}{4}-?\\p{XDigit}{12}");

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
        if (!isOfFormat(format, text)) {
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

    private static boolean isOfFormat(String format, String text) {
        return switch (format) {
            case "date" -> isDate(text);
            case "date-time", "datetime" -> Times.parse(text).isPresent();
            case "byte" -> !text.isEmpty() && BASE64.matcher(text).matches();
            case "ipv4" -> IpText.parse(text).filter(bytes -> bytes.length == 4).isPresent();
            case "ipv6" ->
                IpText.parse(text).filter(bytes -> bytes.length == 16).isPresent();
            case "uuid" -> UUID.matcher(text).matches();
            default -> true;
        };
    }

    private static boolean isDate(String text) {
        try {
            return LocalDate.parse(text).toString().equals(text);
        } catch (DateTimeException noDate) {
            return false;
        }
    }
}
