package dev.longshore.kinds.access;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Authorizer;
import dev.longshore.model.Call;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import dev.longshore.model.UserInfo;
import dev.longshore.model.VirtualResource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/// May somebody do something? Asked of the very authorizer that decides when they do.
record AccessReview(Supplier<Authorizer> authorizer, Whose whose) implements VirtualResource {

    /// Whom a review is about.
    enum Whose {
        /// The user that it names.
        NAMED,
        /// Whoever asks.
        CALLER
    }

    @Override
    public Resource create(Call call, Registry registry, String namespace, Resource object) {
        var checks = new Checks();
        ReviewChecks.check(checks, object.tree(), whose == Whose.NAMED, namespace);
        if (!checks.causes().isEmpty()) {
            // The original has lost the kind by then.
            var nameless =
                    new GroupVersionKind(object.kind().group(), object.kind().version(), "");
            throw new FaultException(new Fault.Invalid(nameless, "", checks.causes()));
        }
        var resource = Trees.object(object.tree(), "spec", "resourceAttributes");
        var path = Trees.object(object.tree(), "spec", "nonResourceAttributes");
        UserInfo user = whose == Whose.CALLER ? call.user() : named(object);
        Authorizer.Attributes asked = resource.map(attributes -> ofResource(user, attributes))
                .orElseGet(() -> ofPath(user, path.orElseThrow()));
        answer(object, authorizer.get().authorize(asked), asked.selection());
        return object;
    }

    private static void answer(Resource review, Authorizer.Decision decision, Authorizer.Selection selection) {
        ObjectNode status = review.tree().putObject("status");
        status.put("allowed", decision instanceof Authorizer.Decision.Allow);
        if (decision instanceof Authorizer.Decision.Deny) {
            status.put("denied", true);
        }
        if (!decision.why().isEmpty()) {
            status.put("reason", decision.why());
        }
        String error = Stream.of(decision.error(), ReviewSelectors.ignored(selection))
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining("; "));
        if (!error.isEmpty()) {
            status.put("evaluationError", error);
        }
    }

    private static Authorizer.Attributes ofResource(UserInfo user, ObjectNode attributes) {
        String version = Trees.text(attributes, "version");
        return new Authorizer.Attributes(
                user,
                Trees.text(attributes, "verb"),
                Trees.text(attributes, "group"),
                version.isEmpty() ? "*" : version,
                Trees.text(attributes, "resource"),
                Trees.text(attributes, "subresource"),
                Trees.text(attributes, "namespace"),
                Trees.text(attributes, "name"),
                "",
                ReviewSelectors.of(attributes));
    }

    private static Authorizer.Attributes ofPath(UserInfo user, ObjectNode attributes) {
        return new Authorizer.Attributes(
                user, Trees.text(attributes, "verb"), "", "", "", "", "", "", Trees.text(attributes, "path"));
    }

    private static UserInfo named(Resource review) {
        String user = review.text("spec", "user");
        List<String> groups = Trees.strings(review.tree(), "spec", "groups");
        Map<String, List<String>> extra = new HashMap<>();
        review.at("spec", "extra")
                .properties()
                .forEach(entry ->
                        extra.put(entry.getKey(), Trees.strings(review.tree(), "spec", "extra", entry.getKey())));
        return new UserInfo(user, review.text("spec", "uid"), groups, extra);
    }
}
