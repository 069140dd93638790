package dev.longshore.apiserver.custom;

import dev.longshore.model.Cause;
import dev.longshore.model.Resource;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Instant;

/// What the status of a definition in a group of Kubernetes' community says of the community's approval.
public final class Approval {

    private static final String ANNOTATION = "api-approved.kubernetes.io";
    private static final String MUST = "protected groups must have approval annotation \"" + ANNOTATION + "\"";
    private static final String SEE = ", see https://github.com/kubernetes/enhancements/pull/1111";

    private Approval() {}

    /// Sets the condition of `definition` in place; other groups have none.
    public static void settle(Resource definition, Instant now) {
        String group = "." + definition.text("spec", "group");
        if (!group.endsWith(".k8s.io") && !group.endsWith(".kubernetes.io")) {
            return;
        }
        String approval = definition.text("metadata", "annotations", ANNOTATION);
        var conditions = new Conditions(definition, now);
        if (approval.isEmpty()) {
            conditions.set(Conditions.CONFORMANT, false, "MissingAnnotation", MUST + SEE);
        } else if (approval.startsWith("unapproved")) {
            conditions.set(
                    Conditions.CONFORMANT, false, "UnapprovedAnnotation", "not approved: " + Cause.quote(approval));
        } else if (isUrl(approval)) {
            conditions.set(Conditions.CONFORMANT, true, "ApprovedAnnotation", "approved in " + approval);
        } else {
            conditions.set(
                    Conditions.CONFORMANT,
                    false,
                    "InvalidAnnotation",
                    MUST + " with either a URL or a reason starting with \"unapproved\"" + SEE);
        }
    }

    private static boolean isUrl(String text) {
        try {
            var url = new URI(text);
            return url.getScheme() != null && url.getHost() != null;
        } catch (URISyntaxException notAUrl) {
            return false;
        }
    }
}
