package dev.longshore.kinds.authentication;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.util.Optional;

/// A JSON web token of which nothing has been checked yet: whatever it says may be a lie.
///
/// @param claims as it has them
public record UntrustedToken(SignedJWT token, JWTClaimsSet claims) {

    /// Longer than any honest token; requests could not carry it anyway.
    private static final int LONGEST = 64 * 1024;

    /// What `text` spells, if that is a signed token in its compact form.
    public static Optional<UntrustedToken> parse(String text) {
        if (text.length() > LONGEST || text.strip().startsWith("{")) {
            return Optional.empty();
        }
        try {
            SignedJWT token = SignedJWT.parse(text);
            return Optional.of(new UntrustedToken(token, token.getJWTClaimsSet()));
        } catch (ParseException | RuntimeException notAToken) {
            // The library throws whatever it stumbles over; to us it is all the same.
            return Optional.empty();
        }
    }

    /// Who is said to have made it; empty if nobody is.
    public String issuer() {
        return claims.getIssuer() == null ? "" : claims.getIssuer();
    }
}
