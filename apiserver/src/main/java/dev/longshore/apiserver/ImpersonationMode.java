package dev.longshore.apiserver;

import dev.longshore.model.Authorizer.Attributes;
import dev.longshore.model.UserInfo;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A way to act as somebody else (KEP 5284). All but the last are constrained: whoever uses them needs the right to
/// act so at all (`impersonate:MODE`), and the right to do this very thing so (`impersonate-on:MODE:VERB`).
enum ImpersonationMode {
    /// A program in a pod as the very node that its pod is on.
    ASSOCIATED_NODE("associated-node"),
    /// As any node.
    ARBITRARY_NODE("arbitrary-node"),
    /// As a ServiceAccount.
    SERVICE_ACCOUNT("serviceaccount"),
    /// As anybody else, with groups and more.
    USER_INFO("user-info"),
    /// As it always was: whoever may act as somebody may do so whatever it is for.
    LEGACY("");

    private static final Pattern ACCOUNT = Pattern.compile("system:serviceaccount:([^:]+):([^:]+)");
    private static final String NODE = "system:node:";
    private static final Pattern NODE_NAME =
            Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
    private static final int LONGEST_NAME = 253;
    private static final String NODE_OF_POD = "authentication.kubernetes.io/node-name";
    private static final String NODE_KEYS = "authentication.kubernetes.io/associated-node-keys";

    private final String mode;

    ImpersonationMode(String mode) {
        this.mode = mode;
    }

    /// A ServiceAccount.
    record Account(String namespace, String name) {}

    /// The ServiceAccount that a user called `user` is.
    static Optional<Account> account(String user) {
        Matcher form = ACCOUNT.matcher(user);
        return form.matches() ? Optional.of(new Account(form.group(1), form.group(2))) : Optional.empty();
    }

    /// The node that a user called `user` is.
    static Optional<String> node(String user) {
        return Optional.of(user)
                .filter(name -> name.startsWith(NODE))
                .map(name -> name.substring(NODE.length()))
                .filter(name ->
                        name.length() <= LONGEST_NAME && NODE_NAME.matcher(name).matches());
    }

    boolean isConstrained() {
        return this != LEGACY;
    }

    /// The verb that is needed on users, groups and the like.
    String verb() {
        return isConstrained() ? "impersonate:" + mode : "impersonate";
    }

    /// Whether it is a way from `real` to `wanted` at all.
    boolean fits(UserInfo real, ImpersonatedUser wanted) {
        String name = wanted.user().name();
        return switch (this) {
            case ASSOCIATED_NODE ->
                wanted.isNameOnly()
                        && account(real.name()).isPresent()
                        && node(name)
                                .filter(node -> real.extra()
                                        .getOrDefault(NODE_OF_POD, List.of())
                                        .equals(List.of(node)))
                                .isPresent();
            case ARBITRARY_NODE -> wanted.isNameOnly() && node(name).isPresent();
            case SERVICE_ACCOUNT -> wanted.isNameOnly() && account(name).isPresent();
            case USER_INFO -> node(name).isEmpty() && account(name).isEmpty();
            case LEGACY -> true;
        };
    }

    /// `asked` as something that is done in this way.
    Attributes on(Attributes asked) {
        return settled(asked.withVerb("impersonate-on:" + mode + ":" + asked.verb()));
    }

    /// What authorizers are asked: of a program that acts as its own node they see neither which pod nor which node
    /// that is, so that one right fits all of a DaemonSet's pods.
    Attributes settled(Attributes attributes) {
        if (this != ASSOCIATED_NODE) {
            return attributes;
        }
        UserInfo real = attributes.user();
        var keys = List.copyOf(new TreeSet<>(real.extra().keySet()));
        return attributes.withUser(new UserInfo(real.name(), real.uid(), real.groups(), Map.of(NODE_KEYS, keys)));
    }
}
