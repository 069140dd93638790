package dev.longshore.apiserver.openapi;

import java.util.Comparator;
import java.util.List;

/// A path and what can be done there.
///
/// @param path with `{name}` for what differs
/// @param groupVersion the document of version 3 that tells it: `api/v1`, `apis/apps`, `version` …
record PathItem(String path, String groupVersion, List<Operation> operations) {

    PathItem {
        operations = List.copyOf(operations);
    }

    /// Parameters of every operation, in the order of their names: told once for the path.
    List<Parameter> common() {
        return sorted(operations.getFirst().parameters().stream()
                .filter(parameter -> operations.stream()
                        .allMatch(operation -> operation.parameters().contains(parameter)))
                .toList());
    }

    /// The other parameters of `operation`.
    List<Parameter> own(Operation operation) {
        List<Parameter> common = common();
        return sorted(operation.parameters().stream()
                .filter(parameter -> !common.contains(parameter))
                .toList());
    }

    private static List<Parameter> sorted(List<Parameter> parameters) {
        return parameters.stream()
                .sorted(Comparator.comparing(Parameter::name).thenComparing(Parameter::place))
                .toList();
    }
}
