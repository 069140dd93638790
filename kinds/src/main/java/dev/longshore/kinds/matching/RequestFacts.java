package dev.longshore.kinds.matching;

import dev.longshore.base.Json;
import dev.longshore.kinds.cel.AdmissionInput;
import dev.longshore.model.Admission.Attempt;
import dev.longshore.model.Admission.Operation;
import dev.longshore.model.Authorizer;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.GroupVersionResource;
import dev.longshore.model.Resource;
import dev.longshore.model.UserInfo;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/// What expressions are told about one attempt. Whoever asks the authorizer the same twice is answered from memory. For
/// one thread.
public final class RequestFacts {

    private final Attempt attempt;
    private final Authorizer authorizer;
    private final Map<Authorizer.Attributes, Authorizer.Decision> decisions = new HashMap<>();

    /// About `attempt`, as it is when it is asked for.
    public RequestFacts(Attempt attempt, Authorizer authorizer) {
        this.attempt = attempt;
        this.authorizer = authorizer;
    }

    /// As whoever is asked under `match` sees it.
    ///
    /// @param resource the one that the expressions are told: that of the match, or the one that was requested
    /// @param params what configures whoever asks; missing if nothing does
    /// @param namespace the object's; missing for cluster-scoped objects, or if it is not to be seen
    public AdmissionInput input(
            RequestMatcher.Match match, GroupVersionResource resource, JsonNode params, JsonNode namespace) {
        return new AdmissionInput(
                tree(attempt.object(), match.kind()),
                tree(attempt.old(), match.kind()),
                params,
                request(attempt, match.kind(), resource),
                namespace,
                Optional.of(permissions()));
    }

    private JsonNode tree(Optional<Resource> object, GroupVersionKind kind) {
        return object.<JsonNode>map(known -> attempt.setting().as(known, kind).tree())
                .orElseGet(MissingNode::getInstance);
    }

    private AdmissionInput.Permissions permissions() {
        UserInfo user = attempt.call().user();
        return new AdmissionInput.Permissions(
                user,
                asked -> decisions.computeIfAbsent(asked, authorizer::authorize),
                new Authorizer.Attributes(
                        user,
                        "",
                        attempt.resource().group(),
                        "",
                        attempt.resource().resource(),
                        attempt.subresource(),
                        attempt.namespace(),
                        attempt.name(),
                        ""));
    }

    /// Whether nothing is to be kept. Of a connection nothing ever is, so it is never said of one.
    public static boolean isDryRun(Attempt attempt) {
        return attempt.operation() != Operation.CONNECT && attempt.call().dryRun();
    }

    /// An AdmissionRequest without its objects, about `attempt` taken for one on `resource`. What is empty is not
    /// there, as in the original, except for the uid.
    public static ObjectNode request(Attempt attempt, GroupVersionKind kind, GroupVersionResource resource) {
        ObjectNode request = Json.object();
        request.put("uid", "");
        request.set("kind", kind(kind));
        request.set("resource", resource(resource));
        put(request, "subResource", attempt.subresource());
        request.set("requestKind", kind(attempt.kind()));
        request.set("requestResource", resource(attempt.requested()));
        put(request, "requestSubResource", attempt.subresource());
        put(request, "name", attempt.name());
        put(request, "namespace", RequestMatcher.namespace(attempt));
        request.put("operation", attempt.operation().name());
        request.set("userInfo", user(attempt.call().user()));
        request.put("dryRun", isDryRun(attempt));
        attempt.setting().options().ifPresent(options -> request.set("options", options));
        return request;
    }

    private static void put(ObjectNode object, String field, String text) {
        if (!text.isEmpty()) {
            object.put(field, text);
        }
    }

    private static ObjectNode kind(GroupVersionKind kind) {
        return Json.object()
                .put("group", kind.group())
                .put("version", kind.version())
                .put("kind", kind.kind());
    }

    private static ObjectNode resource(GroupVersionResource resource) {
        return Json.object()
                .put("group", resource.group())
                .put("version", resource.version())
                .put("resource", resource.resource());
    }

    private static ObjectNode user(UserInfo user) {
        ObjectNode shown = Json.object();
        put(shown, "username", user.name());
        put(shown, "uid", user.uid());
        if (!user.groups().isEmpty()) {
            user.groups().forEach(shown.withArray("groups")::add);
        }
        user.extra().forEach((key, values) -> {
            var list = shown.withObject("extra").putArray(key);
            values.forEach(list::add);
        });
        return shown;
    }
}
