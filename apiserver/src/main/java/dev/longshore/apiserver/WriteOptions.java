package dev.longshore.apiserver;

import dev.longshore.base.Json;
import dev.longshore.http.Query;
import dev.longshore.http.Request;
import dev.longshore.model.Cause;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupVersionKind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;

/// The query parameters that every write takes: `fieldManager`, `dryRun`, `fieldValidation`, and `force` of an
/// apply. All that is wrong with them is said at once.
record WriteOptions(Request request) {

    static final int MANAGER_LENGTH = 128;

    private static final List<String> VALIDATIONS = List.of("", "Ignore", "Strict", "Warn");

    /// @throws FaultException with [Fault.Invalid]
    void check() {
        Query query = request.query();
        var causes = new ArrayList<Cause>();
        String kind =
                switch (request.method()) {
                    case "POST" -> "CreateOptions";
                    case "PUT" -> "UpdateOptions";
                    case "PATCH" -> "PatchOptions";
                    case "DELETE" -> "DeleteOptions";
                    default -> "";
                };
        if (kind.isEmpty()) {
            return;
        }
        String manager = query.first("fieldManager").orElse("");
        if (kind.equals("PatchOptions")) {
            checkPatch(manager, causes);
        }
        checkManager(manager, causes);
        List<String> dryRun = query.all("dryRun");
        if (dryRun.stream().anyMatch(value -> !value.equals("All"))) {
            ArrayNode shown = Json.array();
            dryRun.forEach(shown::add);
            causes.add(Cause.unsupported("dryRun", shown.toString(), List.of("All")));
        }
        String validation = query.first("fieldValidation").orElse("");
        if (!kind.equals("DeleteOptions") && !VALIDATIONS.contains(validation)) {
            causes.add(Cause.unsupported("fieldValidation", quoted(validation), VALIDATIONS));
        }
        if (!causes.isEmpty()) {
            throw new FaultException(new Fault.Invalid(new GroupVersionKind("meta.k8s.io", "v1", kind), "", causes));
        }
    }

    private void checkPatch(String manager, List<Cause> causes) {
        if (Applies.isApply(request)) {
            if (manager.isEmpty()) {
                causes.add(Cause.required("fieldManager", "is required for apply patch"));
            }
        } else if (request.query().first("force").isPresent()) {
            causes.add(Cause.forbidden("force", "may not be specified for non-apply patch"));
        }
    }

    private static void checkManager(String manager, List<Cause> causes) {
        if (manager.getBytes(StandardCharsets.UTF_8).length > MANAGER_LENGTH) {
            causes.add(new Cause(
                    "FieldValueTooLong",
                    "fieldManager",
                    "Too long: may not be more than " + MANAGER_LENGTH + " bytes"));
        }
        int at = 0;
        for (int c : manager.codePoints().toArray()) {
            if (!isPrintable(c)) {
                causes.add(Cause.invalid(
                        "fieldManager", quoted(manager), "invalid character U+%04X (at position %d)".formatted(c, at)));
            }
            at += Character.toString(c).getBytes(StandardCharsets.UTF_8).length;
        }
    }

    /// Whose name the fields get when the client names nobody: what its User-Agent says before the first slash.
    static String manager(Request request) {
        return request.query()
                .first("fieldManager")
                .filter(given -> !given.isEmpty())
                .orElseGet(() -> program(request.headers().first("User-Agent").orElse("")));
    }

    private static String program(String agent) {
        var name = new StringBuilder();
        int bytes = 0;
        for (int c : agent.split("/", 2)[0]
                .codePoints()
                .filter(WriteOptions::isPrintable)
                .toArray()) {
            bytes += Character.toString(c).getBytes(StandardCharsets.UTF_8).length;
            if (bytes > MANAGER_LENGTH) {
                break;
            }
            name.appendCodePoint(c);
        }
        return name.toString();
    }

    /// Letters, marks, numbers, punctuation, symbols, and of the spaces only that of ASCII.
    private static boolean isPrintable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            case Character.SPACE_SEPARATOR -> c == ' ';
            default -> true;
        };
    }

    private static String quoted(String text) {
        return Json.object().stringNode(text).toString();
    }
}
