package dev.longshore.kinds.matching;

import dev.longshore.model.Admission.Attempt;
import dev.longshore.model.GroupResource;
import java.util.Set;

/// What neither webhooks nor policies are asked about, so that nobody can lock everybody out.
public final class Exemptions {

    private static final String CONFIGURATION = "admissionregistration.k8s.io";
    private static final Set<String> CONFIGURATIONS = Set.of(
            "MutatingAdmissionPolicy",
            "MutatingAdmissionPolicyBinding",
            "MutatingWebhookConfiguration",
            "ValidatingAdmissionPolicy",
            "ValidatingAdmissionPolicyBinding",
            "ValidatingWebhookConfiguration");
    private static final Set<GroupResource> REVIEWS = Set.of(
            new GroupResource("authentication.k8s.io", "selfsubjectreviews"),
            new GroupResource("authentication.k8s.io", "tokenreviews"),
            new GroupResource("authorization.k8s.io", "localsubjectaccessreviews"),
            new GroupResource("authorization.k8s.io", "selfsubjectaccessreviews"),
            new GroupResource("authorization.k8s.io", "selfsubjectrulesreviews"),
            new GroupResource("authorization.k8s.io", "subjectaccessreviews"));

    private Exemptions() {}

    /// Whether `attempt` is about what configures webhooks and policies: neither is asked.
    public static boolean isConfiguration(Attempt attempt) {
        return attempt.kind().group().equals(CONFIGURATION)
                && CONFIGURATIONS.contains(attempt.kind().kind());
    }

    /// Whether `attempt` is a question about who somebody is and what he may: policies are not asked.
    public static boolean isReview(Attempt attempt) {
        return REVIEWS.contains(attempt.resource());
    }
}
