package dev.longshore.kinds.authentication;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Resource;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// Signs ServiceAccount tokens as kube-apiserver does. Thread-safe.
public final class TokenSigner {

    private final KindsContext context;
    private final JWSHeader header;

    /// With the cluster's keys, issuer and time.
    public TokenSigner(KindsContext context) {
        this.context = context;
        this.header = new JWSHeader.Builder(JWSAlgorithm.RS256)
                .type(JOSEObjectType.JWT)
                .keyID(keyId(context.tokenKeys().getPublic()))
                .build();
    }

    /// A token and when it ends.
    public record Token(String text, Instant expires) {
        @Override
        public String toString() {
            return "Token[expires=" + expires + "]";
        }
    }

    /// A token of `account` for `audiences`, good for `life`, and while `bound` (a pod, node or secret) exists.
    ///
    /// @param node the node that a bound pod runs on, where known
    public Token sign(
            Resource account,
            List<String> audiences,
            Duration life,
            Optional<Resource> bound,
            Optional<Resource> node) {
        Instant now = context.time().now().truncatedTo(ChronoUnit.SECONDS);
        Instant expires = now.plus(life);
        var kubernetes = new LinkedHashMap<String, Object>();
        kubernetes.put("namespace", account.namespace());
        kubernetes.put("serviceaccount", Map.of("name", account.name(), "uid", account.uid()));
        bound.ifPresent(object ->
                kubernetes.put(Trees.text(object.tree(), "kind").toLowerCase(Locale.ROOT), reference(object)));
        node.ifPresent(object -> kubernetes.put("node", reference(object)));
        JWTClaimsSet claims = new JWTClaimsSet.Builder()
                .issuer(context.issuer())
                .subject("system:serviceaccount:" + account.namespace() + ":" + account.name())
                .audience(audiences)
                .issueTime(Date.from(now))
                .notBeforeTime(Date.from(now))
                .expirationTime(Date.from(expires))
                .jwtID(new UUID(context.random().nextLong(), context.random().nextLong()).toString())
                .claim("kubernetes.io", kubernetes)
                .build();
        var token = new SignedJWT(header, claims);
        try {
            token.sign(new RSASSASigner(context.tokenKeys().getPrivate()));
        } catch (JOSEException refused) {
            throw new IllegalStateException("the token key does not sign", refused);
        }
        return new Token(token.serialize(), expires);
    }

    private static Map<String, String> reference(Resource object) {
        return Map.of("name", object.name(), "uid", object.uid());
    }

    /// The key's name in headers and key sets: the digest of its public half.
    static String keyId(PublicKey key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(key.getEncoded());
            return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }
}
