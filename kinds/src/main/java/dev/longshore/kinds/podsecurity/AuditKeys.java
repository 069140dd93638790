package dev.longshore.kinds.podsecurity;

import dev.longshore.model.Admission.Attempt;

/// Under which keys an audit tells what Pod Security made of a request.
final class AuditKeys {

    static final String ERROR = "error";
    static final String EXEMPT = "exempt";
    static final String ENFORCED = "enforce-policy";
    static final String VIOLATIONS = "audit-violations";

    private AuditKeys() {}

    static void note(Attempt attempt, String key, String value) {
        attempt.call().notes().add(PolicyLabels.PREFIX + key, value);
    }
}
