package dev.longshore.images.registry;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// One line of the conformance table: a request with `{placeholders}`, and what must be answered.
///
/// @param category the specification's workflow category
/// @param end the specification's end-point
/// @param title what the line shows
record RegistryCall(
        String category,
        String end,
        String title,
        String method,
        String target,
        Map<String, String> headers,
        String body,
        int status,
        List<Expected> expected) {

    /// A header that must fit `pattern`, or, named `body`, the body.
    record Expected(String what, String pattern) {}

    static RegistryCall of(String category, String end, String title, String method, String target, int status) {
        return new RegistryCall(category, end, title, method, target, Map.of(), "", status, List.of());
    }

    RegistryCall with(String header, String value) {
        var more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new RegistryCall(category, end, title, method, target, more, body, status, expected);
    }

    RegistryCall sending(String placeholder) {
        return new RegistryCall(category, end, title, method, target, headers, placeholder, status, expected);
    }

    /// `pattern` is a regular expression with placeholders, which stand for themselves.
    RegistryCall answers(String header, String pattern) {
        var more = new ArrayList<>(expected);
        more.add(new Expected(header, pattern));
        return new RegistryCall(category, end, title, method, target, headers, body, status, more);
    }

    RegistryCall code(String code) {
        return answers("body", ".*\"code\":\"" + code + "\".*");
    }

    @Override
    public String toString() {
        return category + " " + end + ": " + title;
    }
}
