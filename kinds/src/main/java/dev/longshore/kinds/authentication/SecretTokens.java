package dev.longshore.kinds.authentication;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.jwt.JWTClaimsSet;
import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.kinds.kit.TokenKeys;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import dev.longshore.model.UserInfo;
import java.security.MessageDigest;
import java.text.ParseException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
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
    private static final String AUTOMATIC = "Use tokens from the TokenRequest API or manually created secret-based"
            + " tokens instead of auto-generated secret-based tokens.";
    private static final GroupResource SECRETS = new GroupResource("", "secrets");
    private static final GroupResource ACCOUNTS = new GroupResource("", "serviceaccounts");

    private final TokenKeys keys;

    /// Signs with `keys`, those of the cluster's other tokens.
    public SecretTokens(TokenKeys keys) {
        this.keys = keys;
    }

    /// Whose token it was.
    record Found(UserInfo user, List<String> warnings) {}

    /// The token of `account` that the Secret called `secret` is to hold.
    public String sign(String namespace, String account, String uid, String secret) {
        return SigningKeys.sign(
                keys,
                Json.object()
                        .put("iss", ISSUER)
                        .put(NAMESPACE, namespace)
                        .put(SECRET, secret)
                        .put(ACCOUNT, account)
                        .put(UID, uid)
                        .put("sub", Subject.of(namespace, account)));
    }

    /// Whose token `text` is, of which signature and issuer have been found right; marks its Secret with the day
    /// of its use.
    Found verify(Registry registry, String text, JWTClaimsSet claims, Time time) throws Refusal {
        if (claims.getSubject() == null || claims.getSubject().isEmpty()) {
            throw new Refusal("sub claim is missing");
        }
        String namespace = required(claims, NAMESPACE, "namespace");
        String secretName = required(claims, SECRET, "secretName");
        String name = required(claims, ACCOUNT, "serviceAccountName");
        String uid = required(claims, UID, "serviceAccountUID");
        if (!claims.getSubject().equals(Subject.of(namespace, name))) {
            throw new Refusal("sub claim is invalid");
        }
        Resource secret = registry.get(SECRETS, namespace, secretName)
                .filter(found -> !found.isTerminating())
                .orElseThrow(() -> new Refusal("Token has been invalidated"));
        if (!isHeld(secret, text)) {
            throw new Refusal("Token does not match server's copy");
        }
        Resource account = account(registry, namespace, name, uid);
        mark(registry, secret, LocalDate.ofInstant(time.now(), ZoneOffset.UTC));
        if (secret.labels().containsKey(INVALID)
                && !secret.labels().get(INVALID).isEmpty()) {
            throw new Refusal(("the token in secret %s/%s for service account %s/%s has been marked invalid. Use tokens"
                            + " from the TokenRequest API or manually created secret-based tokens, or remove the '%s'"
                            + " label from the secret to temporarily allow use of this token")
                    .formatted(namespace, secretName, namespace, name, INVALID));
        }
        boolean isAutomatic = account.at("secrets")
                .valueStream()
                .anyMatch(each -> each.path("name").asString("").equals(secretName));
        return new Found(UserInfo.serviceAccount(namespace, name, uid), isAutomatic ? List.of(AUTOMATIC) : List.of());
    }

    private static Resource account(Registry registry, String namespace, String name, String uid) throws Refusal {
        Optional<Resource> account = registry.get(ACCOUNTS, namespace, name);
        if (account.isEmpty()) {
            throw new Refusal("serviceaccounts \"" + name + "\" not found");
        }
        if (account.get().isTerminating()) {
            throw new Refusal("ServiceAccount " + namespace + "/" + name + " has been deleted");
        }
        if (!account.get().uid().equals(uid)) {
            throw new Refusal("ServiceAccount UID (" + account.get().uid() + ") does not match claim (" + uid + ")");
        }
        return account.get();
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

    private static String required(JWTClaimsSet claims, String claim, String shown) throws Refusal {
        String value;
        try {
            value = claims.getStringClaim(claim);
        } catch (ParseException noText) {
            value = null;
        }
        if (value == null || value.isEmpty()) {
            throw new Refusal(shown + " claim is missing");
        }
        return value;
    }
}
