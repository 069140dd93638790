package dev.longshore.kinds.authentication;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.model.Authenticator.Verdict;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import dev.longshore.model.UserInfo;
import java.security.interfaces.RSAPublicKey;
import java.text.ParseException;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads ServiceAccount tokens: signed by this cluster, in their time, for one of the audiences, and of an
/// account (and pod, secret or node) that still exists. Thread-safe.
public final class ServiceAccountTokens {

    private static final String EXTRA = "authentication.kubernetes.io/";

    private final KindsContext context;

    /// With the cluster's keys, issuer and time.
    public ServiceAccountTokens(KindsContext context) {
        this.context = context;
    }

    /// Whose token `text` is, for somebody who answers to `audiences`.
    public Verdict verify(Registry registry, String text, List<String> audiences) {
        SignedJWT token;
        JWTClaimsSet claims;
        boolean isOld;
        try {
            token = SignedJWT.parse(text);
            claims = token.getJWTClaimsSet();
            isOld = SecretTokens.ISSUER.equals(claims.getIssuer());
            if (!isOld && !context.issuer().equals(claims.getIssuer())) {
                return new Verdict.NotMine();
            }
            // Only this algorithm: a key that verifies must not serve as another algorithm's secret.
            if (!token.getHeader().getAlgorithm().equals(JWSAlgorithm.RS256)
                    || !token.verify(new RSASSAVerifier(
                            (RSAPublicKey) context.tokenKeys().getPublic()))) {
                return rejected();
            }
        } catch (ParseException notAToken) {
            return new Verdict.NotMine();
        } catch (JOSEException unreadable) {
            return rejected();
        }
        if (isOld) {
            return audiences.stream().anyMatch(context.audiences()::contains)
                    ? SecretTokens.verify(registry, text, claims, context.time())
                    : rejected();
        }
        if (!isNow(claims) || claims.getAudience().stream().noneMatch(audiences::contains)) {
            return rejected();
        }
        return account(registry, claims);
    }

    /// Those of `audiences` that the token (verified before) is for.
    public static List<String> common(String text, List<String> audiences) {
        try {
            List<String> mine = SignedJWT.parse(text).getJWTClaimsSet().getAudience();
            // The old kind is for nobody in particular.
            return audiences.stream()
                    .filter(audience -> mine.isEmpty() || mine.contains(audience))
                    .toList();
        } catch (ParseException notAToken) {
            return List.of();
        }
    }

    private boolean isNow(JWTClaimsSet claims) {
        Instant now = context.time().now();
        Date expires = claims.getExpirationTime();
        Date begins = claims.getNotBeforeTime();
        return expires != null
                && now.isBefore(expires.toInstant())
                && (begins == null || !now.isBefore(begins.toInstant()));
    }

    private static Verdict rejected() {
        return new Verdict.Rejected("invalid bearer token");
    }

    private Verdict account(Registry registry, JWTClaimsSet claims) {
        Map<?, ?> kubernetes = map(claims.getClaim("kubernetes.io"));
        String namespace = text(kubernetes, "namespace");
        Map<?, ?> reference = map(kubernetes.get("serviceaccount"));
        Optional<Resource> account = find(registry, "serviceaccounts", namespace, reference);
        if (account.isEmpty()) {
            return rejected();
        }
        var extra = new HashMap<String, List<String>>();
        if (claims.getJWTID() != null) {
            extra.put(EXTRA + "credential-id", List.of("JTI=" + claims.getJWTID()));
        }
        for (String bound : List.of("pod", "secret", "node")) {
            Map<?, ?> object = map(kubernetes.get(bound));
            if (object.isEmpty()) {
                continue;
            }
            boolean isNode = bound.equals("node");
            // A pod's token also names the node it was on; the pod is what it is bound to.
            boolean isBinding = !isNode || !kubernetes.containsKey("pod");
            if (isBinding
                    && find(registry, bound + "s", isNode ? "" : namespace, object)
                            .isEmpty()) {
                return rejected();
            }
            if (!bound.equals("secret")) {
                extra.put(EXTRA + bound + "-name", List.of(text(object, "name")));
                extra.put(EXTRA + bound + "-uid", List.of(text(object, "uid")));
            }
        }
        UserInfo user = UserInfo.serviceAccount(namespace, text(reference, "name"), text(reference, "uid"));
        return new Verdict.Known(new UserInfo(user.name(), user.uid(), user.groups(), extra));
    }

    /// The object referred to, if it is still the same one.
    private static Optional<Resource> find(Registry registry, String plural, String namespace, Map<?, ?> reference) {
        return registry.get(new GroupResource("", plural), namespace, text(reference, "name"))
                .filter(object -> object.uid().equals(text(reference, "uid")));
    }

    private static Map<?, ?> map(Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }

    private static String text(Map<?, ?> map, String key) {
        return map.get(key) instanceof String text ? text : "";
    }
}
