package dev.longshore.kinds.authentication.oidc;

import java.util.List;
import java.util.Optional;

/// Somebody whose tokens count, and what is made of them, as it was written: empty texts stand for what was left out.
///
/// @param discoveryUrl where it describes itself, if not below its own URL
/// @param certificateAuthority PEM of who vouches for it; whomever the JDK believes if empty
/// @param egress the way to it
/// @param claimRules what must hold for a token's claims
/// @param userRules what must hold for whom they make
public record TrustedIssuer(
        String url,
        String discoveryUrl,
        String certificateAuthority,
        List<String> audiences,
        String audienceMatchPolicy,
        String egress,
        List<ClaimRule> claimRules,
        Mapping username,
        Mapping groups,
        Mapping uid,
        List<ExtraMapping> extra,
        List<UserRule> userRules) {

    public TrustedIssuer {
        audiences = List.copyOf(audiences);
        claimRules = List.copyOf(claimRules);
        extra = List.copyOf(extra);
        userRules = List.copyOf(userRules);
    }

    /// A claim must have a value, or an expression must be true.
    public record ClaimRule(String claim, String requiredValue, String expression, String message) {}

    /// Where something of a user is taken from: a claim, with a prefix before it, or an expression.
    public record Mapping(String claim, Optional<String> prefix, String expression) {
        /// From nowhere.
        public static final Mapping NONE = new Mapping("", Optional.empty(), "");
    }

    /// A further fact about a user.
    public record ExtraMapping(String key, String expression) {}

    /// An expression that must be true.
    public record UserRule(String expression, String message) {}
}
