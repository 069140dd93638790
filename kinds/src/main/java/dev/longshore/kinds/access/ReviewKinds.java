package dev.longshore.kinds.access;

import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.VirtualResource;
import java.util.List;

/// The kinds that are only ever asked: who is this, and may they?
final class ReviewKinds {

    private static final String AUTHENTICATION = "authentication.k8s.io/v1";
    private static final String AUTHORIZATION = "authorization.k8s.io/v1";

    private ReviewKinds() {}

    static List<ResourceDefinition> all(KindsContext context) {
        var access = new AccessReview(context.authorizer(), AccessReview.Whose.NAMED);
        var own = new AccessReview(context.authorizer(), AccessReview.Whose.CALLER);
        return List.of(
                review(
                                context,
                                AUTHENTICATION,
                                "SelfSubjectReview",
                                "selfsubjectreviews",
                                new SelfReview(context.time()))
                        .clusterScoped()
                        .build(),
                review(context, AUTHENTICATION, "TokenReview", "tokenreviews", new TokenReview(context))
                        .clusterScoped()
                        .build(),
                review(context, AUTHORIZATION, "LocalSubjectAccessReview", "localsubjectaccessreviews", access)
                        .build(),
                review(context, AUTHORIZATION, "SubjectAccessReview", "subjectaccessreviews", access)
                        .clusterScoped()
                        .build(),
                review(context, AUTHORIZATION, "SelfSubjectAccessReview", "selfsubjectaccessreviews", own)
                        .clusterScoped()
                        .build(),
                review(
                                context,
                                AUTHORIZATION,
                                "SelfSubjectRulesReview",
                                "selfsubjectrulesreviews",
                                new RulesReview(context.authorizer()))
                        .clusterScoped()
                        .build());
    }

    private static KindBuilder review(
            KindsContext context, String apiVersion, String kind, String plural, VirtualResource resource) {
        return KindBuilder.kind(context, apiVersion, kind, plural)
                .verbs("create")
                .virtual(resource);
    }
}
