package dev.longshore.apiserver;

import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.model.Authorizer;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.UserInfo;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Lets users act as others, where they may: `kubectl --as`.
final class Impersonation {

    private static final String USER = "Impersonate-User";
    private static final String GROUP = "Impersonate-Group";
    private static final String UID = "Impersonate-Uid";
    private static final String EXTRA = "impersonate-extra-";
    private static final String SERVICE_ACCOUNT = "system:serviceaccount:";

    private final Permission permission;

    Impersonation(Permission permission) {
        this.permission = permission;
    }

    /// The user that the request shall be taken as; `real` itself without such headers.
    ///
    /// @throws FaultException with [Fault.Forbidden] if `real` may not
    UserInfo effective(UserInfo real, Request request) {
        Headers headers = request.headers();
        Optional<String> name = headers.first(USER);
        List<String> groups = headers.all(GROUP);
        String uid = headers.first(UID).orElse("");
        Map<String, List<String>> extra = extra(headers);
        if (name.isEmpty()) {
            if (!groups.isEmpty() || !uid.isEmpty() || !extra.isEmpty()) {
                throw new FaultException(new Fault.BadRequest(
                        "requested groups without impersonating a user: Impersonate-User is required"));
            }
            return real;
        }
        requireUser(real, name.get());
        groups.forEach(group -> require(real, "", "groups", "", "", group));
        if (!uid.isEmpty()) {
            require(real, "authentication.k8s.io", "uids", "", "", uid);
        }
        extra.forEach((key, values) ->
                values.forEach(value -> require(real, "authentication.k8s.io", "userextras", key, "", value)));
        return new UserInfo(name.get(), uid, completed(name.get(), groups), extra);
    }

    private void requireUser(UserInfo real, String name) {
        String[] account = name.startsWith(SERVICE_ACCOUNT)
                ? name.substring(SERVICE_ACCOUNT.length()).split(":", -1)
                : new String[0];
        if (account.length == 2) {
            require(real, "", "serviceaccounts", "", account[0], account[1]);
        } else {
            require(real, "", "users", "", "", name);
        }
    }

    private void require(
            UserInfo real, String group, String resource, String subresource, String namespace, String name) {
        permission.require(new Authorizer.Attributes(
                real, "impersonate", group, "v1", resource, subresource, namespace, name, ""));
    }

    private static List<String> completed(String name, List<String> groups) {
        var all = new ArrayList<>(groups);
        String[] account = name.startsWith(SERVICE_ACCOUNT)
                ? name.substring(SERVICE_ACCOUNT.length()).split(":", -1)
                : new String[0];
        if (account.length == 2 && groups.isEmpty()) {
            all.add("system:serviceaccounts");
            all.add("system:serviceaccounts:" + account[0]);
        }
        String own = name.equals(UserInfo.ANONYMOUS.name()) ? "system:unauthenticated" : "system:authenticated";
        if (!all.contains(own)) {
            all.add(own);
        }
        return all;
    }

    private static Map<String, List<String>> extra(Headers headers) {
        var extra = new LinkedHashMap<String, List<String>>();
        headers.forEach((name, value) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            if (lower.startsWith(EXTRA)) {
                String key = lower.substring(EXTRA.length()).replace("+", "%2B");
                extra.computeIfAbsent(decode(key), unseen -> new ArrayList<>()).add(value);
            }
        });
        return extra;
    }

    private static String decode(String key) {
        try {
            return URLDecoder.decode(key, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notEncoded) {
            return key;
        }
    }
}
