package dev.longshore.controllers;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fabric8.kubernetes.api.model.Secret;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Tokens by which machines that know no cluster yet get to know one, as Secrets in `kube-system`: pure.
final class BootstrapTokens {

    static final String NAMESPACE = "kube-system";
    static final String TYPE = "bootstrap.kubernetes.io/token";

    private static final String NAME = "bootstrap-token-";
    private static final Pattern ID = Pattern.compile("[a-z0-9]{6}");
    private static final String HMAC = "HmacSHA256";

    private BootstrapTokens() {}

    /// One that may sign.
    record Token(String id, String secret) {

        @Override
        public String toString() {
            return "Token[" + id + "]";
        }
    }

    static boolean isToken(Secret secret) {
        return TYPE.equals(secret.getType())
                && NAMESPACE.equals(secret.getMetadata().getNamespace());
    }

    /// When it ends; empty for never. What is no time has ended long ago.
    static Optional<Instant> end(Secret secret) {
        String text = value(secret, "expiration");
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(text));
        } catch (DateTimeParseException damaged) {
            return Optional.of(Instant.EPOCH);
        }
    }

    /// The token in `secret`, if it is one that may sign now.
    static Optional<Token> signing(Secret secret, Instant now) {
        String id = value(secret, "token-id");
        String key = value(secret, "token-secret");
        boolean maySign = isToken(secret)
                && !Keys.isBeingDeleted(secret)
                && ID.matcher(id).matches()
                && secret.getMetadata().getName().equals(NAME + id)
                && !key.isEmpty()
                && value(secret, "usage-bootstrap-signing").equals("true")
                && end(secret).filter(end -> !end.isAfter(now)).isEmpty();
        return maySign ? Optional.of(new Token(id, key)) : Optional.empty();
    }

    /// A detached JWS (RFC 7515, appendix F) of `text`: whoever has the token can tell that it was not changed.
    static String signature(Token token, String text) {
        String header = base64("{\"alg\":\"HS256\",\"kid\":\"" + token.id + "\"}");
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(token.secret.getBytes(UTF_8), HMAC));
            byte[] signature = mac.doFinal((header + "." + base64(text)).getBytes(UTF_8));
            return header + ".." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
        } catch (GeneralSecurityException missing) {
            throw new AssertionError("every JDK has " + HMAC, missing);
        }
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
    }

    private static String value(Secret secret, String key) {
        String text = Objects.requireNonNullElse(secret.getData(), Map.<String, String>of())
                .getOrDefault(key, "");
        return new String(Base64.getDecoder().decode(text), UTF_8);
    }
}
