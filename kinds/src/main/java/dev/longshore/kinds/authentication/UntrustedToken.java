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

    private static final String GOOGLE = "accounts.google.com";

    /// What `text` spells, if that is a signed token in its compact form.
    public static Optional<UntrustedToken> parse(String text) {
        return parse(text, LONGEST);
    }

    /// The same, for a token of which no request's head was the measure.
    public static Optional<UntrustedToken> parse(String text, int longest) {
        if (text.length() > longest || text.strip().startsWith("{")) {
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

    /// Who is said to have made it; empty if nobody is. Google's tokens may leave out the scheme.
    public String issuer() {
        String issuer = claims.getIssuer() == null ? "" : claims.getIssuer();
        return issuer.equals(GOOGLE) ? "https://" + GOOGLE : issuer;
    }
}
