package dev.longshore.apiserver;

import dev.longshore.http.Request;
import dev.longshore.model.Cause;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupVersionKind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// What is done about fields that the schema does not know, and about those that stand twice.
enum FieldValidation {
    IGNORE,
    WARN,
    STRICT;

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
    void judge(List<String> unknown, List<String> duplicates, List<String> warnings, Function<String, Fault> refusal) {
        judge(List.of(), unknown, duplicates, warnings, refusal);
    }

    /// As before, with findings of other kinds, which come first.
    void judge(
            List<String> others,
            List<String> unknown,
            List<String> duplicates,
            List<String> warnings,
            Function<String, Fault> refusal) {
        var findings = new ArrayList<String>(others);
        unknown.forEach(path -> findings.add("unknown field \"" + path + "\""));
        duplicates.forEach(path -> findings.add("duplicate field \"" + path + "\""));
        if (findings.isEmpty() || this == IGNORE) {
            return;
        }
        if (this == WARN) {
            warnings.addAll(findings);
            return;
        }
        throw new FaultException(refusal.apply("strict decoding error: " + String.join(", ", findings)));
    }
}
