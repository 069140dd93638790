package dev.longshore.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// Which labels an object must have: a list of requirements that all must hold.
public record LabelSelector(List<Requirement> requirements) {

    /// Fits every object.
    public static final LabelSelector EVERYTHING = new LabelSelector(List.of());

    public LabelSelector {
        requirements = List.copyOf(requirements);
    }

    /// One requirement.
    public record Requirement(String key, Operator operator, Set<String> values) {
        boolean fits(Map<String, String> labels) {
            String value = labels.get(key);
            return switch (operator) {
                case IN -> value != null && values.contains(value);
                case NOT_IN -> value == null || !values.contains(value);
                case EXISTS -> value != null;
                case MISSING -> value == null;
                case GREATER ->
                    value != null && number(value) > number(values.iterator().next());
                case LESS ->
                    value != null && number(value) < number(values.iterator().next());
            };
        }

        private static double number(String text) {
            try {
                return Long.parseLong(text);
            } catch (NumberFormatException noNumber) {
                // Compares false with everything, as kube-apiserver has it.
                return Double.NaN;
            }
        }

        @Override
        public String toString() {
            String list = String.join(",", new TreeSet<>(values));
            return switch (operator) {
                case IN -> values.size() == 1 ? key + "=" + list : key + " in (" + list + ")";
                case NOT_IN -> values.size() == 1 ? key + "!=" + list : key + " notin (" + list + ")";
                case EXISTS -> key;
                case MISSING -> "!" + key;
                case GREATER -> key + ">" + list;
                case LESS -> key + "<" + list;
            };
        }
    }

    /// What a requirement asks for.
    public enum Operator {
        IN,
        NOT_IN,
        EXISTS,
        MISSING,
        GREATER,
        LESS
    }

    /// True if an object with these labels fits.
    public boolean fits(Map<String, String> labels) {
        return requirements.stream().allMatch(requirement -> requirement.fits(labels));
    }

    /// True if every object fits.
    public boolean isEverything() {
        return requirements.isEmpty();
    }

    /// Reads the form of queries: `a=b,c!=d,e in (f,g),h notin (i),j,!k,l>1`.
    ///
    /// @throws FaultException with [Fault.BadRequest]
    public static LabelSelector parse(String text) {
        var requirements = new ArrayList<Requirement>();
        for (String part : split(text)) {
            if (!part.isBlank()) {
                requirements.add(requirement(part.strip()));
            } else if (!text.isBlank()) {
                throw unreadable(text);
            }
        }
        return new LabelSelector(requirements);
    }

    /// Reads the form of objects: `matchLabels` and `matchExpressions`.
    public static LabelSelector of(JsonNode selector) {
        var requirements = new ArrayList<Requirement>();
        selector.path("matchLabels")
                .properties()
                .forEach(label -> requirements.add(new Requirement(
                        label.getKey(), Operator.IN, Set.of(label.getValue().asString("")))));
        for (JsonNode expression : selector.path("matchExpressions")) {
            Operator operator =
                    switch (expression.path("operator").asString("")) {
                        case "In" -> Operator.IN;
                        case "NotIn" -> Operator.NOT_IN;
                        case "Exists" -> Operator.EXISTS;
                        case "DoesNotExist" -> Operator.MISSING;
                        default ->
                            throw new FaultException(new Fault.BadRequest("\""
                                    + expression.path("operator").asString("")
                                    + "\" is not a valid label selector operator"));
                    };
            Set<String> values = expression
                    .path("values")
                    .valueStream()
                    .map(value -> value.asString(""))
                    .collect(Collectors.toUnmodifiableSet());
            requirements.add(new Requirement(expression.path("key").asString(""), operator, values));
        }
        return new LabelSelector(requirements);
    }

    @Override
    public String toString() {
        return requirements.stream().map(Requirement::toString).collect(Collectors.joining(","));
    }

    /// At the commas that are not within parentheses.
    private static List<String> split(String text) {
        var parts = new ArrayList<String>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            switch (text.charAt(i)) {
                case '(' -> depth++;
                case ')' -> depth--;
                case ',' -> {
                    if (depth == 0) {
                        parts.add(text.substring(start, i));
                        start = i + 1;
                    }
                }
                default -> {}
            }
        }
        parts.add(text.substring(start));
        return parts;
    }

    private static Requirement requirement(String part) {
        if (part.endsWith(")")) {
            return set(part);
        }
        for (String sign : List.of("!=", "==", "=", ">", "<")) {
            int at = part.indexOf(sign);
            if (at >= 0) {
                String key = part.substring(0, at).strip();
                String value = part.substring(at + sign.length()).strip();
                Operator operator =
                        switch (sign) {
                            case "!=" -> Operator.NOT_IN;
                            case ">" -> Operator.GREATER;
                            case "<" -> Operator.LESS;
                            default -> Operator.IN;
                        };
                return new Requirement(checkedKey(key, part), operator, Set.of(checkedValue(value, part)));
            }
        }
        return part.startsWith("!")
                ? new Requirement(checkedKey(part.substring(1).strip(), part), Operator.MISSING, Set.of())
                : new Requirement(checkedKey(part, part), Operator.EXISTS, Set.of());
    }

    private static Requirement set(String part) {
        int open = part.indexOf('(');
        String[] words = part.substring(0, Math.max(open, 0)).strip().split("\\s+");
        if (words.length != 2) {
            throw unreadable(part);
        }
        Operator operator =
                switch (words[1]) {
                    case "in" -> Operator.IN;
                    case "notin" -> Operator.NOT_IN;
                    default -> throw unreadable(part);
                };
        Set<String> values = Arrays.stream(
                        part.substring(open + 1, part.length() - 1).split(",", -1))
                .map(value -> checkedValue(value.strip(), part))
                .collect(Collectors.toUnmodifiableSet());
        return new Requirement(checkedKey(words[0], part), operator, values);
    }

    private static String checkedKey(String key, String part) {
        if (!MetadataRules.qualifiedName(key).isEmpty()) {
            throw unreadable(part);
        }
        return key;
    }

    private static String checkedValue(String value, String part) {
        if (!MetadataRules.labelValue(value).isEmpty()) {
            throw unreadable(part);
        }
        return value;
    }

    private static FaultException unreadable(String part) {
        return new FaultException(new Fault.BadRequest("unable to parse requirement: " + part));
    }
}
