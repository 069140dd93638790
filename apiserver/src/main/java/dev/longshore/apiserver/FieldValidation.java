package dev.longshore.apiserver;

import dev.longshore.http.Request;
import dev.longshore.model.Cause;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupVersionKind;
import java.util.ArrayList;
import java.util.List;

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

    /// Refuses, warns or says nothing.
    void judge(GroupVersionKind kind, List<String> unknown, List<String> duplicates, List<String> warnings) {
        var findings = new ArrayList<String>();
        unknown.forEach(path -> findings.add("unknown field \"" + path + "\""));
        duplicates.forEach(path -> findings.add("duplicate field \"" + path + "\""));
        if (findings.isEmpty() || this == IGNORE) {
            return;
        }
        if (this == WARN) {
            warnings.addAll(findings);
            return;
        }
        throw new FaultException(
                new Fault.BadRequest("%s in version \"%s\" cannot be handled as a %s: strict decoding error: %s"
                        .formatted(kind.kind(), kind.version(), kind.kind(), String.join(", ", findings))));
    }
}
