package dev.longshore.apiserver;

import dev.longshore.model.Authorizer.Attributes;
import dev.longshore.model.FaultException;
import dev.longshore.model.UserInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Whether `real` may be taken for another in one way: each thing that is asked for needs a right of its own.
record ImpersonationChecks(Permission permission, ImpersonationMode mode, UserInfo real) {

    private static final String AUTHENTICATION = "authentication.k8s.io";
    private static final String AUTHENTICATED = "system:authenticated";
    private static final String UNAUTHENTICATED = "system:unauthenticated";

    /// From so many on, the right to all at once is asked for first.
    private static final int MANY = 4;

    private static final Pattern DOMAIN_PATH = Pattern.compile("[^/]+/.+");

    /// `wanted` with the groups that it has by its name.
    ///
    /// @throws FaultException with [dev.longshore.model.Fault.Forbidden] if something of it is not allowed
    UserInfo allowed(UserInfo wanted) {
        List<String> groups = named(wanted);
        if (!wanted.uid().isEmpty()) {
            require(AUTHENTICATION, "uids", "", "", wanted.uid());
        }
        requireGroups(wanted.groups());
        requireExtra(wanted.extra());
        return new UserInfo(wanted.name(), wanted.uid(), completed(wanted.name(), groups), wanted.extra());
    }

    private List<String> named(UserInfo wanted) {
        Optional<String> node = mode.isConstrained() ? ImpersonationMode.node(wanted.name()) : Optional.empty();
        if (node.isPresent()) {
            String shown = mode == ImpersonationMode.ASSOCIATED_NODE ? "*" : node.get();
            require(group(), "nodes", "", "", shown);
            return List.of("system:nodes");
        }
        Optional<ImpersonationMode.Account> account = ImpersonationMode.account(wanted.name());
        if (account.isPresent()) {
            String namespace = account.get().namespace();
            require(group(), "serviceaccounts", "", namespace, account.get().name());
            return wanted.groups().isEmpty()
                    ? List.of("system:serviceaccounts", "system:serviceaccounts:" + namespace)
                    : wanted.groups();
        }
        require(group(), "users", "", "", wanted.name());
        return wanted.groups();
    }

    private void requireGroups(List<String> groups) {
        if (mode.isConstrained() && groups.contains("")) {
            throw refused("groups", "", "impersonating the empty string group is not allowed");
        }
        if (mode.isConstrained() && groups.contains(UserInfo.MASTERS)) {
            throw refused("groups", UserInfo.MASTERS, "impersonating the system:masters group is not allowed");
        }
        if (mode.isConstrained() && groups.size() >= MANY && isAllowed("groups", "", "*")) {
            return;
        }
        groups.forEach(name -> require(group(), "groups", "", "", name));
    }

    private void requireExtra(Map<String, List<String>> extra) {
        if (mode.isConstrained()) {
            flaw(extra).ifPresent(why -> {
                throw refused("userextras", "", why);
            });
        }
        int count = extra.values().stream().mapToInt(List::size).sum();
        if (mode.isConstrained() && count >= MANY && isAllowed("userextras", "*", "*")) {
            return;
        }
        extra.forEach((key, values) -> values.forEach(value -> require(AUTHENTICATION, "userextras", key, "", value)));
    }

    private static Optional<String> flaw(Map<String, List<String>> extra) {
        for (var entry : extra.entrySet()) {
            String key = entry.getKey();
            if (key.isEmpty()) {
                return Optional.of("impersonating the empty string key in extra is not allowed");
            }
            if (!DOMAIN_PATH.matcher(key).matches()) {
                return Optional.of("impersonating an invalid key in extra is not allowed: extra.key: Invalid value: \""
                        + key + "\": must be a domain-prefixed path (such as \"acme.io/foo\")");
            }
            if (!key.equals(key.toLowerCase(Locale.ROOT))) {
                return Optional.of("impersonating a non-lowercase key in extra is not allowed: \"" + key + "\"");
            }
            if (entry.getValue().contains("")) {
                return Optional.of("impersonating the empty string value in extra is not allowed");
            }
        }
        return Optional.empty();
    }

    private String group() {
        return mode.isConstrained() ? AUTHENTICATION : "";
    }

    private boolean isAllowed(String resource, String subresource, String name) {
        try {
            require(AUTHENTICATION, resource, subresource, "", name);
            return true;
        } catch (FaultException refused) {
            return false;
        }
    }

    private void require(String group, String resource, String subresource, String namespace, String name) {
        permission.requireSurely(mode.settled(
                new Attributes(real, mode.verb(), group, "v1", resource, subresource, namespace, name, "")));
    }

    private FaultException refused(String resource, String name, String why) {
        return Permission.forbidden(
                new Attributes(real, mode.verb(), AUTHENTICATION, "v1", resource, "", "", name, ""), List.of(why));
    }

    private static List<String> completed(String name, List<String> groups) {
        String own = UNAUTHENTICATED;
        if (!name.equals(UserInfo.ANONYMOUS.name())) {
            own = groups.contains(UNAUTHENTICATED) ? "" : AUTHENTICATED;
        }
        if (own.isEmpty() || groups.contains(own)) {
            return groups;
        }
        var all = new ArrayList<>(groups);
        all.add(own);
        return all;
    }
}
