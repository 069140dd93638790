package dev.longshore.model;

import dev.longshore.base.Json;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Faults as the wire has them: Kubernetes' `v1 Status`.
public final class Status {

    private static final String INTERNAL = "^Internal error occurred: ";

    private Status() {}

    /// The Status of a refusal.
    public static ObjectNode of(Fault fault) {
        ObjectNode status = start("Failure");
        if (fault instanceof Fault.ContinueExpired(String token)) {
            status.putObject("metadata").put("continue", token);
        }
        status.put("message", fault.message());
        if (!fault.reason().isEmpty()) {
            status.put("reason", fault.reason());
        }
        ObjectNode details = details(fault);
        boolean isBare = fault instanceof Fault.NoSuchPath
                || fault instanceof Fault.MethodNotAllowed
                || fault instanceof Fault.Unprocessable;
        if (isBare || !details.isEmpty()) {
            status.set("details", details);
        }
        return status.put("code", fault.code());
    }

    /// What is answered to a deletion that is complete.
    public static ObjectNode deleted(GroupResource resource, String name, String uid) {
        ObjectNode status = start("Success");
        ObjectNode details = status.putObject("details");
        about(details, resource.group(), resource.resource(), name);
        if (!uid.isEmpty()) {
            details.put("uid", uid);
        }
        return status;
    }

    /// A success that needs no more words, with its code.
    public static ObjectNode success(int code) {
        return start("Success").put("code", code);
    }

    private static ObjectNode start(String outcome) {
        ObjectNode status = Json.object();
        status.put("kind", "Status").put("apiVersion", "v1").putObject("metadata");
        return status.put("status", outcome);
    }

    private static ObjectNode details(Fault fault) {
        ObjectNode details = Json.object();
        switch (fault) {
            case Fault.NotFound(GroupResource resource, String name) ->
                about(details, resource.group(), resource.resource(), name);
            case Fault.AlreadyExists(GroupResource resource, String name) ->
                about(details, resource.group(), resource.resource(), name);
            case Fault.Conflict(GroupResource resource, String name, String detail) ->
                about(details, resource.group(), resource.resource(), name);
            case Fault.Forbidden(GroupResource resource, String name, String detail) ->
                about(details, resource.group(), resource.resource(), name);
            case Fault.Invalid(GroupVersionKind kind, String name, List<Cause> list) -> {
                about(details, kind.group(), kind.kind(), name);
                causes(details, list);
            }
            case Fault.ApplyConflict(List<Cause> list) -> causes(details, list);
            case Fault.TooManyRequests busy -> {
                causes(details, busy.causes());
                if (!busy.retryAfter().isZero()) {
                    details.put(
                            "retryAfterSeconds", Math.max(1, busy.retryAfter().toSeconds()));
                }
            }
            case Fault.TooLargeRevision _ -> {
                causes(details, List.of(new Cause("ResourceVersionTooLarge", "", "Too large resource version")));
                details.put("retryAfterSeconds", 1);
            }
            case Fault.Denied denied -> details.setAll(denied.details());
            case Fault.Internal(String message) ->
                details.putArray("causes").addObject().put("message", message.replaceFirst(INTERNAL, ""));
            case Fault.Missing _,
                    Fault.NoSuchPath _,
                    Fault.Unprocessable _,
                    Fault.BadRequest _,
                    Fault.Unauthorized _,
                    Fault.MethodNotAllowed _,
                    Fault.NotAcceptable _,
                    Fault.Expired _,
                    Fault.ContinueExpired _,
                    Fault.TooLarge _,
                    Fault.UnsupportedMediaType _,
                    Fault.Timeout _,
                    Fault.Unavailable _,
                    Fault.Foreign _ -> {}
        }
        return details;
    }

    private static void about(ObjectNode details, String group, String kind, String name) {
        if (!name.isEmpty()) {
            details.put("name", name);
        }
        if (!group.isEmpty()) {
            details.put("group", group);
        }
        if (!kind.isEmpty()) {
            details.put("kind", kind);
        }
    }

    private static void causes(ObjectNode details, List<Cause> causes) {
        if (causes.isEmpty()) {
            return;
        }
        ArrayNode list = details.putArray("causes");
        for (Cause cause : causes) {
            ObjectNode node = list.addObject().put("reason", cause.type()).put("message", cause.message());
            if (!cause.field().isEmpty()) {
                node.put("field", cause.field());
            }
        }
    }
}
