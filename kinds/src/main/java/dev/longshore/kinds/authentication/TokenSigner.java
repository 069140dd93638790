package dev.longshore.kinds.authentication;

import dev.longshore.base.Json;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Resource;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/// Signs ServiceAccount tokens as kube-apiserver does. Thread-safe.
public final class TokenSigner {

    private final KindsContext context;

    /// With the cluster's keys, issuer and time.
    public TokenSigner(KindsContext context) {
        this.context = context;
    }

    /// What a token is good for.
    ///
    /// @param life how long it is good
    /// @param stale after how long whoever still uses it should have read a newer one
    /// @param bound the pod, node or secret without which it is void
    /// @param node the node that a bound pod runs on, where known
    record Grant(
            List<String> audiences,
            Duration life,
            Optional<Duration> stale,
            Optional<Resource> bound,
            Optional<Resource> node) {}

    /// A token of `account`. Claims stand in the order of the alphabet.
    String sign(Resource account, Grant grant) {
        Instant now = context.time().now().truncatedTo(ChronoUnit.SECONDS);
        ObjectNode kubernetes = Json.object().put("namespace", account.namespace());
        grant.node.ifPresent(object -> kubernetes.set("node", reference(object)));
        grant.bound.ifPresent(object ->
                kubernetes.set(Trees.text(object.tree(), "kind").toLowerCase(Locale.ROOT), reference(object)));
        kubernetes.set("serviceaccount", reference(account));
        grant.stale.ifPresent(span -> kubernetes.put("warnafter", now.plus(span).getEpochSecond()));
        ObjectNode claims = Json.object();
        grant.audiences.forEach(claims.putArray("aud")::add);
        claims.put("exp", now.plus(grant.life).getEpochSecond())
                .put("iat", now.getEpochSecond())
                .put("iss", context.tokens().issuer())
                .put(
                        "jti",
                        new UUID(context.random().nextLong(), context.random().nextLong()).toString())
                .set("kubernetes.io", kubernetes)
                .put("nbf", now.getEpochSecond())
                .put("sub", Subject.of(account.namespace(), account.name()));
        return SigningKeys.sign(context.tokens().keys(), claims);
    }

    private static ObjectNode reference(Resource object) {
        ObjectNode reference = Json.object().put("name", object.name());
        // A pod's node that is gone is named all the same.
        if (!object.uid().isEmpty()) {
            reference.put("uid", object.uid());
        }
        return reference;
    }
}
