package dev.longshore.kinds.authorization;

import java.util.List;

/// Several errors in one text, as Kubernetes prints them: each once, in brackets if there are several.
final class Aggregate {

    private Aggregate() {}

    /// Empty if there is none.
    static String of(List<String> errors) {
        List<String> different =
                errors.stream().filter(error -> !error.isEmpty()).distinct().toList();
        return different.size() > 1 ? "[" + String.join(", ", different) + "]" : String.join("", different);
    }
}
