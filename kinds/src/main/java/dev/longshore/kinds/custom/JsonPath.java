package dev.longshore.kinds.custom;

import dev.longshore.base.Json;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A JSONPath as kubectl and printer columns have it, without braces: `.spec.replicas`,
/// `.status.conditions[?(@.type=="Ready")].status`, `.spec.ports[*].port`, `..name`. What is not there finds nothing.
/// Thread-safe.
record JsonPath(List<Step> steps) {

    JsonPath {
        steps = List.copyOf(steps);
    }

    /// One step from each value to the next.
    sealed interface Step {
        void from(JsonNode value, List<JsonNode> found);
    }

    /// A text that is no path.
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        Malformed(String message) {
            super(message, null, false, false);
        }
    }

    static JsonPath parse(String text) throws Malformed {
        return new JsonPathReader(text).path();
    }

    /// What it leads to, in order.
    List<JsonNode> find(JsonNode root) {
        List<JsonNode> current = List.of(root);
        for (Step step : steps) {
            var next = new ArrayList<JsonNode>();
            current.forEach(value -> step.from(value, next));
            current = next;
        }
        return current;
    }

    /// The first of what it leads to.
    Optional<JsonNode> first(JsonNode root) {
        return find(root).stream().findFirst();
    }

    record Field(String name) implements Step {
        @Override
        public void from(JsonNode value, List<JsonNode> found) {
            JsonNode inner = value.isObject() ? value.get(name) : null;
            if (inner != null) {
                found.add(inner);
            }
        }
    }

    record Any() implements Step {
        @Override
        public void from(JsonNode value, List<JsonNode> found) {
            value.forEach(found::add);
        }
    }

    /// Part of a list; negative places count from its end.
    ///
    /// @param to where it ends, that place not included; empty for the end of the list
    record Slice(int start, Optional<Integer> to, int stride) implements Step {
        @Override
        public void from(JsonNode value, List<JsonNode> found) {
            if (!(value instanceof ArrayNode list)) {
                return;
            }
            int begin = start < 0 ? start + list.size() : start;
            int end = to.map(place -> place < 0 ? place + list.size() : place).orElse(list.size());
            for (int i = Math.max(0, begin); i < Math.min(end, list.size()); i += stride) {
                found.add(list.get(i));
            }
        }
    }

    /// One place of a list.
    record Place(int index) implements Step {
        @Override
        public void from(JsonNode value, List<JsonNode> found) {
            int at = index < 0 ? index + value.size() : index;
            if (value instanceof ArrayNode list && at >= 0 && at < list.size()) {
                found.add(list.get(at));
            }
        }
    }

    /// Several at once.
    record Union(List<Step> parts) implements Step {
        @Override
        public void from(JsonNode value, List<JsonNode> found) {
            parts.forEach(part -> part.from(value, found));
        }
    }

    /// The value itself and all within it.
    record Descend() implements Step {
        @Override
        public void from(JsonNode value, List<JsonNode> found) {
            found.add(value);
            value.forEach(inner -> from(inner, found));
        }
    }

    /// Those elements of a list, or values of an object, of which something is so.
    ///
    /// @param operator empty: it is enough that the left side is there
    record Filter(Operand left, String operator, Operand right) implements Step {
        @Override
        public void from(JsonNode value, List<JsonNode> found) {
            if (value instanceof ArrayNode || value instanceof ObjectNode) {
                value.forEach(element -> {
                    if (holds(element)) {
                        found.add(element);
                    }
                });
            }
        }

        private boolean holds(JsonNode element) {
            Optional<JsonNode> one = left.of(element);
            if (operator.isEmpty()) {
                return one.isPresent();
            }
            Optional<JsonNode> other = right.of(element);
            return one.isPresent() && other.isPresent() && compares(one.get(), other.get());
        }

        private boolean compares(JsonNode one, JsonNode other) {
            Optional<Integer> order = order(one, other);
            return switch (operator) {
                case "==" -> order.equals(Optional.of(0));
                case "!=" -> order.isPresent() && order.get() != 0;
                case "<" -> order.filter(sign -> sign < 0).isPresent();
                case "<=" -> order.filter(sign -> sign <= 0).isPresent();
                case ">" -> order.filter(sign -> sign > 0).isPresent();
                default -> order.filter(sign -> sign >= 0).isPresent();
            };
        }

        /// Values of different types have none.
        private static Optional<Integer> order(JsonNode one, JsonNode other) {
            if (one.isString() && other.isString()) {
                return Optional.of(one.asString().compareTo(other.asString()));
            }
            if (one.isNumber() && other.isNumber()) {
                return Optional.of(one.decimalValue().compareTo(other.decimalValue()));
            }
            return one.isBoolean() && other.isBoolean()
                    ? Optional.of(Boolean.compare(one.asBoolean(), other.asBoolean()))
                    : Optional.empty();
        }
    }

    /// A side of a comparison.
    sealed interface Operand {
        Optional<JsonNode> of(JsonNode element);

        record Found(JsonPath path) implements Operand {
            @Override
            public Optional<JsonNode> of(JsonNode element) {
                return path.first(element);
            }
        }

        record Literal(JsonNode value) implements Operand {
            @Override
            public Optional<JsonNode> of(JsonNode element) {
                return Optional.of(value);
            }

            static Literal text(String text) {
                return new Literal(Json.object().stringNode(text));
            }

            static Literal flag(boolean flag) {
                return new Literal(Json.object().booleanNode(flag));
            }

            static Literal number(BigDecimal number) {
                return new Literal(Json.object().numberNode(number));
            }
        }
    }
}
