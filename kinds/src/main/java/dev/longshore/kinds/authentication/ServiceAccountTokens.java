package dev.longshore.kinds.authentication;

import com.nimbusds.jwt.JWTClaimsSet;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.model.Authenticator.Verdict;
import dev.longshore.model.Registry;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Reads ServiceAccount tokens: signed by this cluster, in their time, for one of the audiences, and of an
/// account (and pod, secret or node) that still exists. Thread-safe.
public final class ServiceAccountTokens {

    /// How far clocks may differ, and how long after its deletion an object still counts.
    static final Duration LEEWAY = Duration.ofMinutes(1);

    private final KindsContext context;
    private final SecretTokens secrets;

    /// With the cluster's keys, issuers and time.
    public ServiceAccountTokens(KindsContext context) {
        this.context = context;
        this.secrets = new SecretTokens(context.tokens().keys());
    }

    /// Whose token `text` is, for somebody who answers to one of `audiences`; empty for the API server itself.
    public Verdict verify(Registry registry, String text, List<String> audiences) {
        Optional<UntrustedToken> token = UntrustedToken.parse(text);
        boolean isOurs = token.map(UntrustedToken::issuer)
                .filter(issuer -> issuer.equals(SecretTokens.ISSUER)
                        || context.tokens().issuers().contains(issuer))
                .isPresent();
        if (!isOurs) {
            return new Verdict.NotMine();
        }
        try {
            return verified(registry, text, token.get(), audiences.isEmpty() ? context.audiences() : audiences);
        } catch (Refusal refused) {
            return new Verdict.Rejected(refused.getMessage());
        }
    }

    private Verdict verified(Registry registry, String text, UntrustedToken token, List<String> wanted) throws Refusal {
        if (!SigningKeys.isKnown(context.tokens().keys(), token.token())) {
            throw new Refusal("invalid signature, no keys found");
        }
        if (!SigningKeys.verify(context.tokens().keys(), token.token())) {
            throw new Refusal("the token's signature does not fit");
        }
        List<String> audiences = audiences(token.claims(), wanted);
        if (token.issuer().equals(SecretTokens.ISSUER)) {
            SecretTokens.Found found = secrets.verify(registry, text, token.claims(), context.time());
            return new Verdict.Known(found.user(), audiences, found.warnings());
        }
        Instant now = context.time().now();
        requireNow(token.claims(), now);
        return new Verdict.Known(new BoundClaims(registry, token.claims(), now).user(), audiences);
    }

    /// Tokens of the old kind are for the API server alone, as they say nothing.
    private List<String> audiences(JWTClaimsSet claims, List<String> wanted) throws Refusal {
        List<String> own = claims.getAudience().isEmpty() ? context.audiences() : claims.getAudience();
        List<String> common = own.stream().filter(wanted::contains).toList();
        if (common.isEmpty()) {
            throw new Refusal(
                    "token audiences " + quoted(own) + " is invalid for the target audiences " + quoted(wanted));
        }
        return common;
    }

    private static String quoted(List<String> texts) {
        return texts.stream().map(text -> "\"" + text + "\"").collect(Collectors.joining(" ", "[", "]"));
    }

    private static void requireNow(JWTClaimsSet claims, Instant now) throws Refusal {
        if (isBefore(now.plus(LEEWAY), claims.getNotBeforeTime())) {
            throw new Refusal("service account token is not valid yet");
        }
        Date end = claims.getExpirationTime();
        if (end != null && now.minus(LEEWAY).isAfter(end.toInstant())) {
            throw new Refusal("service account token has expired");
        }
        if (isBefore(now.plus(LEEWAY), claims.getIssueTime())) {
            throw new Refusal("service account token is issued in the future");
        }
    }

    private static boolean isBefore(Instant instant, Date limit) {
        return limit != null && instant.isBefore(limit.toInstant());
    }
}
