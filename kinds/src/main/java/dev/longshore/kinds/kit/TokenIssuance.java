package dev.longshore.kinds.kit;

import java.time.Duration;
import java.util.List;

/// How this cluster's ServiceAccount tokens are made, and which count.
///
/// @param issuers the `iss` of tokens: the first of new ones, all of those that count
/// @param audiences the API server's own, which tokens are for unless they say something else
/// @param longest how long a token may live at most; zero for as long as is asked for
/// @param isExtended whether tokens that admission puts into pods live for a year, so that programs which read them
/// only once go on working
public record TokenIssuance(
        TokenKeys keys, List<String> issuers, List<String> audiences, Duration longest, boolean isExtended) {

    public TokenIssuance {
        issuers = List.copyOf(issuers);
        audiences = List.copyOf(audiences);
        if (issuers.isEmpty() || audiences.isEmpty()) {
            throw new IllegalArgumentException("tokens need an issuer and an audience");
        }
        if (longest.isNegative()) {
            throw new IllegalArgumentException("tokens cannot live for " + longest);
        }
    }

    /// As without flags.
    public TokenIssuance(TokenKeys keys, String issuer) {
        this(keys, List.of(issuer), List.of(issuer), Duration.ZERO, true);
    }

    /// The `iss` of new tokens.
    public String issuer() {
        return issuers.getFirst();
    }

    @Override
    public String toString() {
        return "TokenIssuance[" + issuers + ", " + audiences + "]";
    }
}
