package dev.longshore.apiserver;

import dev.longshore.base.YamlDuplicates;
import dev.longshore.http.Request;
import dev.longshore.model.Cause;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupVersionKind;
import java.util.List;
import java.util.function.Function;

/// What is done about fields that the schema does not know, and about those that stand twice.
enum FieldValidation {
    IGNORE,
    WARN,
    STRICT;

    private static final String YAML = "yaml: unmarshal errors:\n";

    static FieldValidation of(Request request) {
        String asked = request.query().first("fieldValidation").orElse("");
        return switch (asked) {
            case "", "Warn" -> WARN;
            case "Ignore" -> IGNORE;
            case "Strict" -> STRICT;
            default ->
                throw new FaultException(new Fault.Invalid(
                        new GroupVersionKind("meta.k8s.io", "v1", "CreateOptions"),
                        "",
                        List.of(Cause.unsupported(
                                "fieldValidation", '"' + asked + '"', List.of("", "Ignore", "Strict", "Warn")))));
        };
    }

    /// Refuses, warns or says nothing; `refusal` makes a fault of the sentence that says what was found.
    void judge(List<String> findings, List<String> warnings, Function<String, Fault> refusal) {
        if (findings.isEmpty() || this == IGNORE) {
            return;
        }
        if (this == WARN) {
            findings.forEach(finding -> warnings.addAll(lines(finding)));
            return;
        }
        throw new FaultException(refusal.apply("strict decoding error: " + String.join(", ", findings)));
    }

    /// What is told in lines after a heading, as of YAML, becomes one warning a line.
    private static List<String> lines(String finding) {
        int heading = finding.indexOf(YAML);
        return heading < 0
                ? List.of(finding)
                : finding.substring(heading + YAML.length())
                        .lines()
                        .map(String::strip)
                        .toList();
    }

    /// What is found in `yaml` before it is JSON: keys that stand twice.
    static List<String> ofYaml(String yaml) {
        var lines = YamlDuplicates.find(yaml).stream()
                .map(duplicate -> "  line %d: key %s already set in map"
                        .formatted(duplicate.line(), Cause.quote(duplicate.key())))
                .toList();
        return lines.isEmpty() ? List.of() : List.of(YAML + String.join("\n", lines));
    }
}
