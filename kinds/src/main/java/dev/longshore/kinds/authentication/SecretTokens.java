package dev.longshore.kinds.authentication;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.longshore.base.Time;
import dev.longshore.model.Authenticator.Verdict;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import dev.longshore.model.UserInfo;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.text.ParseException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Optional;

/// ServiceAccount tokens of the old kind, which are kept in a Secret and are good for as long as that holds
/// them. Thread-safe.
public final class SecretTokens {

    static final String ISSUER = "kubernetes/serviceaccount";

    private static final String CLAIM = "kubernetes.io/serviceaccount/";
    private static final String NAMESPACE = CLAIM + "namespace";
    private static final String SECRET = CLAIM + "secret.name";
    private static final String ACCOUNT = CLAIM + "service-account.name";
    private static final String UID = CLAIM + "service-account.uid";
    private static final String LAST_USED = "kubernetes.io/legacy-token-last-used";
    private static final String INVALID = "kubernetes.io/legacy-token-invalid-since";
    private static final GroupResource SECRETS = new GroupResource("", "secrets");
    private static final GroupResource ACCOUNTS = new GroupResource("", "serviceaccounts");

    private final KeyPair keys;

    /// Signs with `keys`, those of the cluster's other tokens.
    public SecretTokens(KeyPair keys) {
        this.keys = keys;
    }

    /// The token of `account` that the Secret called `secret` is to hold.
    public String sign(String namespace, String account, String uid, String secret) {
        var token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256)
                        .keyID(TokenSigner.keyId(keys.getPublic()))
                        .build(),
                new JWTClaimsSet.Builder()
                        .issuer(ISSUER)
                        .subject("system:serviceaccount:" + namespace + ":" + account)
                        .claim(NAMESPACE, namespace)
                        .claim(SECRET, secret)
                        .claim(ACCOUNT, account)
                        .claim(UID, uid)
                        .build());
        try {
            token.sign(new RSASSASigner(keys.getPrivate()));
        } catch (JOSEException refused) {
            throw new IllegalStateException("the token key does not sign", refused);
        }
        return token.serialize();
    }

    /// Whose token `text` is, of which signature and issuer have been found right; marks its Secret with the day
    /// of its use.
    static Verdict verify(Registry registry, String text, JWTClaimsSet claims, Time time) {
        String namespace = text(claims, NAMESPACE);
        String account = text(claims, ACCOUNT);
        Optional<Resource> secret = registry.get(SECRETS, namespace, text(claims, SECRET))
                .filter(found -> !found.isTerminating() && isHeld(found, text));
        boolean isOfAccount = ("system:serviceaccount:" + namespace + ":" + account).equals(claims.getSubject())
                && registry.get(ACCOUNTS, namespace, account)
                        .filter(found -> !found.isTerminating() && found.uid().equals(text(claims, UID)))
                        .isPresent();
        if (secret.isEmpty() || !isOfAccount || account.isEmpty()) {
            return new Verdict.Rejected("invalid bearer token");
        }
        mark(registry, secret.get(), LocalDate.ofInstant(time.now(), ZoneOffset.UTC));
        return secret.get().labels().containsKey(INVALID)
                ? new Verdict.Rejected("invalid bearer token")
                : new Verdict.Known(UserInfo.serviceAccount(namespace, account, text(claims, UID)));
    }

    private static boolean isHeld(Resource secret, String token) {
        byte[] held;
        try {
            held = Base64.getDecoder().decode(secret.text("data", "token"));
        } catch (IllegalArgumentException damaged) {
            return false;
        }
        return MessageDigest.isEqual(held, token.getBytes(UTF_8));
    }

    private static void mark(Registry registry, Resource secret, LocalDate today) {
        String marked = secret.labels().getOrDefault(LAST_USED, "");
        if (marked.equals(today.toString()) || marked.equals(today.plusDays(1).toString())) {
            return;
        }
        try {
            registry.change(SECRETS, secret.namespace(), secret.name(), present -> {
                present.metadata().withObject("labels").put(LAST_USED, today.toString());
                return present;
            });
        } catch (FaultException gone) {
            // Nobody is kept out because a label could not be written.
            return;
        }
    }

    private static String text(JWTClaimsSet claims, String name) {
        try {
            String value = claims.getStringClaim(name);
            return value == null ? "" : value;
        } catch (ParseException noText) {
            return "";
        }
    }
}
