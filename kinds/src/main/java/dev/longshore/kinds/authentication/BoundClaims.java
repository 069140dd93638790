package dev.longshore.kinds.authentication;

import com.nimbusds.jwt.JWTClaimsSet;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import dev.longshore.model.Times;
import dev.longshore.model.UserInfo;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a ServiceAccount token says of its account and of what it is bound to, held against what there is. The
/// token's signature and times have been checked before.
record BoundClaims(Registry registry, JWTClaimsSet claims, Instant now) {

    private static final String EXTRA = "authentication.kubernetes.io/";
    private static final String INVALIDATED = "service account token has been invalidated";

    /// Whom it makes of its bearer.
    ///
    /// @throws Refusal when the account, or what the token is bound to, is gone or another one
    UserInfo user() throws Refusal {
        Map<?, ?> kubernetes = map(claims.getClaim("kubernetes.io"));
        String namespace = text(kubernetes, "namespace");
        Map<?, ?> reference = map(kubernetes.get("serviceaccount"));
        requireAccount(namespace, reference);
        Map<?, ?> secret = map(kubernetes.get("secret"));
        Map<?, ?> pod = map(kubernetes.get("pod"));
        Map<?, ?> node = map(kubernetes.get("node"));
        require("secret", "secrets", namespace, secret);
        require("pod", "pods", namespace, pod);
        // A pod's token also names the node it was on; the pod is what it is bound to.
        if (pod.isEmpty()) {
            require("node", "nodes", "", node);
        }
        UserInfo user = UserInfo.serviceAccount(namespace, text(reference, "name"), text(reference, "uid"));
        return new UserInfo(user.name(), user.uid(), user.groups(), extra(pod, node));
    }

    private Map<String, List<String>> extra(Map<?, ?> pod, Map<?, ?> node) {
        var extra = new HashMap<String, List<String>>();
        if (claims.getJWTID() != null && !claims.getJWTID().isEmpty()) {
            extra.put(EXTRA + "credential-id", List.of("JTI=" + claims.getJWTID()));
        }
        if (!text(pod, "name").isEmpty() && !text(pod, "uid").isEmpty()) {
            extra.put(EXTRA + "pod-name", List.of(text(pod, "name")));
            extra.put(EXTRA + "pod-uid", List.of(text(pod, "uid")));
        }
        if (!text(node, "name").isEmpty()) {
            extra.put(EXTRA + "node-name", List.of(text(node, "name")));
            if (!text(node, "uid").isEmpty()) {
                extra.put(EXTRA + "node-uid", List.of(text(node, "uid")));
            }
        }
        return extra;
    }

    private void requireAccount(String namespace, Map<?, ?> reference) throws Refusal {
        String name = text(reference, "name");
        Optional<Resource> account = registry.get(new GroupResource("", "serviceaccounts"), namespace, name);
        if (account.isEmpty()) {
            throw new Refusal("serviceaccounts \"" + name + "\" not found");
        }
        requireUid("service account UID (%s) does not match claim (%s)", account.get(), reference);
        if (isGone(account.get())) {
            throw new Refusal("service account " + namespace + "/" + name + " has been deleted");
        }
    }

    private void require(String what, String plural, String namespace, Map<?, ?> reference) throws Refusal {
        if (reference.isEmpty()) {
            return;
        }
        Optional<Resource> object = registry.get(new GroupResource("", plural), namespace, text(reference, "name"));
        if (object.isEmpty()) {
            throw new Refusal(INVALIDATED);
        }
        requireUid(
                what + " UID (%s) does not match service account " + what + " ref claim (%s)", object.get(), reference);
        if (isGone(object.get())) {
            throw new Refusal(INVALIDATED);
        }
    }

    private static void requireUid(String refusal, Resource object, Map<?, ?> reference) throws Refusal {
        if (!object.uid().equals(text(reference, "uid"))) {
            throw new Refusal(refusal.formatted(object.uid(), text(reference, "uid")));
        }
    }

    /// What is being deleted counts for a little while, so that it can say good-bye.
    private boolean isGone(Resource object) {
        return Times.parse(object.text("metadata", "deletionTimestamp"))
                .filter(deleted -> deleted.isBefore(now.minus(ServiceAccountTokens.LEEWAY)))
                .isPresent();
    }

    private static Map<?, ?> map(Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }

    private static String text(Map<?, ?> map, String key) {
        return map.get(key) instanceof String text ? text : "";
    }
}
