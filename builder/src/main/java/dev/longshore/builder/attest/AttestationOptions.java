package dev.longshore.builder.attest;

import dev.longshore.builder.attest.Attestations.Told;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Reads what people say of attestations (BuildKit's docs/attestations).
final class AttestationOptions {

    private static final String BUILDER = "https://longshore.local/builder";
    private static final String FILE = "provenance.json";
    private static final Pattern FILE_NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]*");

    private AttestationOptions() {}

    /// True if an SBOM is wanted.
    static boolean sbom(String text) {
        if (isOff(text)) {
            return false;
        }
        Map<String, String> fields = isOn(text) ? Map.of() : fields("sbom", text);
        for (String field : fields.keySet()) {
            if (!field.equals("disabled")) {
                throw new IllegalArgumentException("invalid sbom \"" + text
                        + "\": it is true or false, there are no other generators and no parameters");
            }
        }
        return !isDisabled(fields);
    }

    /// How provenance is told, if it is.
    static Optional<Told> provenance(String text) {
        if (isOff(text)) {
            return Optional.empty();
        }
        Map<String, String> fields = isOn(text) ? Map.of() : fields("provenance", text);
        boolean everything = true;
        String builder = BUILDER;
        boolean isOld = false;
        String file = FILE;
        boolean isReproducible = false;
        boolean isInlineOnly = false;
        for (Map.Entry<String, String> field : fields.entrySet()) {
            String value = field.getValue();
            switch (field.getKey()) {
                case "mode" -> everything = isMax(value);
                case "builder-id" -> builder = value;
                case "version" -> isOld = isOld(value);
                case "filename" -> file = file(value);
                case "reproducible" -> isReproducible = flag("reproducible", value);
                case "inline-only" -> isInlineOnly = flag("inline-only", value);
                case "disabled" -> flag("disabled", value);
                default ->
                    throw new IllegalArgumentException("invalid provenance \"" + field.getKey()
                            + "\": there are mode, builder-id, version, filename, reproducible and inline-only");
            }
        }
        return isDisabled(fields)
                ? Optional.empty()
                : Optional.of(new Told(everything, builder, isOld, file, isReproducible, isInlineOnly));
    }

    private static boolean isOff(String text) {
        return text.isEmpty() || text.equals("false") || text.equals("0");
    }

    private static boolean isOn(String text) {
        return text.equals("true") || text.equals("1");
    }

    private static boolean isDisabled(Map<String, String> fields) {
        return fields.containsKey("disabled") && flag("disabled", fields.get("disabled"));
    }

    private static Map<String, String> fields(String option, String text) {
        var fields = new LinkedHashMap<String, String>();
        for (String field : text.split(",", -1)) {
            int equals = field.indexOf('=');
            if (equals <= 0) {
                throw new IllegalArgumentException(
                        "invalid " + option + " \"" + field + "\": it is true, false or NAME=VALUE,…");
            }
            fields.put(field.substring(0, equals), field.substring(equals + 1));
        }
        return fields;
    }

    private static boolean isMax(String mode) {
        return switch (mode) {
            case "max", "" -> true;
            case "min" -> false;
            default -> throw new IllegalArgumentException("invalid provenance mode \"" + mode + "\": want min or max");
        };
    }

    private static boolean isOld(String version) {
        return switch (version) {
            case "v1", "" -> false;
            case "v0.2" -> true;
            default ->
                throw new IllegalArgumentException("invalid provenance version \"" + version + "\": want v1 or v0.2");
        };
    }

    private static String file(String name) {
        if (!FILE_NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("invalid provenance filename \"" + name + "\": want a plain name");
        }
        return name;
    }

    private static boolean flag(String name, String value) {
        return switch (value) {
            case "true", "1", "" -> true;
            case "false", "0" -> false;
            default -> throw new IllegalArgumentException("non-bool value \"" + value + "\" specified for " + name);
        };
    }
}
