package dev.longshore.kinds.authentication.oidc;

import dev.longshore.kinds.cel.IdentityExpression;
import java.util.List;
import java.util.Optional;

/// An issuer whose configuration has been checked, with its expressions ready.
///
/// @param issuer as it was written
record CompiledIssuer(
        TrustedIssuer issuer,
        List<Rule> claimRules,
        Optional<IdentityExpression> username,
        Optional<IdentityExpression> groups,
        Optional<IdentityExpression> uid,
        List<Extra> extra,
        List<Rule> userRules) {

    CompiledIssuer {
        claimRules = List.copyOf(claimRules);
        extra = List.copyOf(extra);
        userRules = List.copyOf(userRules);
    }

    /// A condition, and what is said when it does not hold.
    record Rule(IdentityExpression condition, String message) {}

    /// A further fact.
    record Extra(String key, IdentityExpression value) {}
}
