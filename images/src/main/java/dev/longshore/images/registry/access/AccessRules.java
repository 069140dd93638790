package dev.longshore.images.registry.access;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// What users may do where. What no rule allows is not allowed.
public record AccessRules(List<Rule> rules) {

    /// Stands for everybody who has shown a password.
    public static final String EVERY_USER = "*";

    /// Stands for those who have shown none; also the name of nobody.
    public static final String ANONYMOUS = "anonymous";

    public AccessRules {
        rules = List.copyOf(rules);
    }

    /// `users` may do `actions` in `repositories`.
    public record Rule(Set<String> users, RepositoryPattern repositories, Set<Action> actions) {
        public Rule {
            users = Set.copyOf(users);
            actions = actions.isEmpty() ? Set.of() : Set.copyOf(EnumSet.copyOf(actions));
        }

        boolean concerns(String user) {
            return users.contains(user) || users.contains(EVERY_USER) && !user.equals(ANONYMOUS);
        }
    }

    /// What `user` may do.
    public Rights of(String user) {
        List<Rule> own = rules.stream().filter(rule -> rule.concerns(user)).toList();
        return (repository, action) -> own.stream()
                .anyMatch(rule ->
                        rule.actions().contains(action) && rule.repositories().fits(repository));
    }

    /// Whether `user` may do anything at all.
    boolean concern(String user) {
        return rules.stream().anyMatch(rule -> rule.concerns(user));
    }
}
