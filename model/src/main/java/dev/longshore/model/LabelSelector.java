package dev.longshore.model;

import java.util.ArrayList;
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
        return new LabelSelector(LabelSelectorParser.parse(text));
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
}
