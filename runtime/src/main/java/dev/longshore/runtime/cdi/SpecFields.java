package dev.longshore.runtime.cdi;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/// The fields of one object of a spec, read strictly: what is not known, or not of its type, is refused.
record SpecFields(String where, JsonNode tree) {

    /// @throws IllegalArgumentException when it is no object, or has other fields than `known`
    SpecFields {
        if (!tree.isObject()) {
            throw new IllegalArgumentException(where + " is no object");
        }
    }

    static SpecFields of(String where, JsonNode tree, Set<String> known) {
        var fields = new SpecFields(where, tree);
        var unknown = new TreeSet<>(tree.propertyNames());
        unknown.removeAll(known);
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("unknown field \"" + unknown.first() + "\" in " + where);
        }
        return fields;
    }

    Optional<JsonNode> find(String name) {
        return Optional.of(tree.path(name)).filter(node -> !node.isMissingNode() && !node.isNull());
    }

    /// A text; empty if it is not there.
    String text(String name) {
        Optional<JsonNode> node = find(name);
        if (node.filter(there -> !there.isString()).isPresent()) {
            throw wrong(name, "no text");
        }
        return node.map(JsonNode::asString).orElse("");
    }

    /// A text that must be there.
    String needed(String name) {
        String text = text(name);
        if (text.isEmpty()) {
            throw wrong(name, "missing");
        }
        return text;
    }

    OptionalLong number(String name) {
        Optional<JsonNode> node = find(name);
        if (node.isEmpty()) {
            return OptionalLong.empty();
        }
        if (!node.get().isIntegralNumber() || node.get().asLong(-1) < 0) {
            throw wrong(name, "no number of 0 or more");
        }
        return OptionalLong.of(node.get().asLong());
    }

    OptionalInt small(String name) {
        OptionalLong number = number(name);
        if (number.isPresent() && number.getAsLong() > Integer.MAX_VALUE) {
            throw wrong(name, "too large");
        }
        return number.isPresent() ? OptionalInt.of((int) number.getAsLong()) : OptionalInt.empty();
    }

    boolean isOn(String name) {
        Optional<JsonNode> node = find(name);
        if (node.filter(there -> !there.isBoolean()).isPresent()) {
            throw wrong(name, "neither true nor false");
        }
        return node.map(JsonNode::asBoolean).orElse(false);
    }

    List<String> texts(String name) {
        var texts = new ArrayList<String>();
        for (JsonNode entry : list(name)) {
            if (!entry.isString()) {
                throw wrong(name, "no list of texts");
            }
            texts.add(entry.asString());
        }
        return texts;
    }

    List<JsonNode> list(String name) {
        Optional<JsonNode> node = find(name);
        if (node.filter(there -> !there.isArray()).isPresent()) {
            throw wrong(name, "no list");
        }
        var entries = new ArrayList<JsonNode>();
        node.ifPresent(there -> there.forEach(entries::add));
        return entries;
    }

    Map<String, String> map(String name) {
        Optional<JsonNode> node = find(name);
        var map = new LinkedHashMap<String, String>();
        if (node.isPresent()) {
            if (!node.get().isObject()) {
                throw wrong(name, "no object");
            }
            // Strictly these are texts; people write true and 1, and mean that.
            node.get()
                    .properties()
                    .forEach(entry -> map.put(entry.getKey(), entry.getValue().asString("")));
        }
        return map;
    }

    private IllegalArgumentException wrong(String name, String why) {
        return new IllegalArgumentException(name + " of " + where + ": " + why);
    }
}
