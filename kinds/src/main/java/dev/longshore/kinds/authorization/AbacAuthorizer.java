package dev.longshore.kinds.authorization;

import dev.longshore.base.Json;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Authorizer;
import dev.longshore.model.UserInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Attribute based access control: whoever one line of a file fits may do what it says.
public final class AbacAuthorizer implements Authorizer {

    private static final String ALL = "*";
    private static final String AUTHENTICATED = "system:authenticated";
    private static final String VERSION = "abac.authorization.kubernetes.io/v1beta1";

    private final List<Policy> policies;

    private AbacAuthorizer(List<Policy> policies) {
        this.policies = List.copyOf(policies);
    }

    /// One line. Empty texts fit nothing.
    private record Policy(
            String user,
            String group,
            boolean isReadOnly,
            String apiGroup,
            String resource,
            String namespace,
            String path) {

        /// As it stands under `spec`; everybody means whoever is known.
        static Policy of(JsonNode spec) {
            String user = Trees.text(spec, "user");
            String group = Trees.text(spec, "group");
            boolean isAll = user.equals(ALL) || group.equals(ALL);
            return new Policy(
                    isAll ? "" : user,
                    isAll ? AUTHENTICATED : group,
                    Trees.flag(spec, "readonly"),
                    Trees.text(spec, "apiGroup"),
                    Trees.text(spec, "resource"),
                    Trees.text(spec, "namespace"),
                    Trees.text(spec, "nonResourcePath"));
        }

        /// As it stood before there were versions: what is not said means everything.
        static Policy old(JsonNode line) {
            String user = Trees.text(line, "user");
            String group = Trees.text(line, "group");
            boolean isAll = user.isEmpty() && group.isEmpty() || user.equals(ALL) || group.equals(ALL);
            String resource = Trees.text(line, "resource");
            String namespace = Trees.text(line, "namespace");
            return new Policy(
                    isAll ? "" : user,
                    isAll ? AUTHENTICATED : group,
                    Trees.flag(line, "readonly"),
                    ALL,
                    resource.isEmpty() ? ALL : resource,
                    namespace.isEmpty() ? ALL : namespace,
                    resource.isEmpty() && namespace.isEmpty() ? ALL : "");
        }

        boolean fits(UserInfo who) {
            boolean isUser = user.isEmpty() || user.equals(ALL) || user.equals(who.name());
            boolean isGroup =
                    group.isEmpty() || group.equals(ALL) || who.groups().contains(group);
            return isUser && isGroup && !(user.isEmpty() && group.isEmpty());
        }

        boolean allows(Attributes asked) {
            return fits(asked.user())
                    && (!isReadOnly || asked.isReadOnly())
                    && (asked.isResource() ? allowsResource(asked) : allowsPath(asked.path()));
        }

        private boolean allowsResource(Attributes asked) {
            return is(namespace, asked.namespace()) && is(resource, asked.resource()) && is(apiGroup, asked.group());
        }

        private boolean allowsPath(String asked) {
            return is(path, asked) || path.endsWith(ALL) && asked.startsWith(path.replaceFirst("\\*+$", ""));
        }

        private static boolean is(String allowed, String asked) {
            return allowed.equals(ALL) || allowed.equals(asked);
        }

        List<String> verbs() {
            return isReadOnly ? List.of("get", "list", "watch") : List.of(ALL);
        }
    }

    /// Reads `file`: one policy in JSON a line, and lines that begin with `#`.
    ///
    /// @throws IllegalArgumentException when it cannot be read, saying which line is wrong
    public static AbacAuthorizer read(Path file) {
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (IOException unreadable) {
            throw new IllegalArgumentException("open " + file + ": no such file or directory", unreadable);
        }
        var policies = new ArrayList<Policy>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.isBlank() || line.strip().startsWith("#")) {
                continue;
            }
            try {
                policies.add(policy(Json.parse(line)));
            } catch (Json.MalformedException | IllegalArgumentException wrong) {
                throw new IllegalArgumentException(
                        "error reading policy file %s, line %d: %s: %s"
                                .formatted(file, i + 1, line, wrong.getMessage()),
                        wrong);
            }
        }
        return new AbacAuthorizer(policies);
    }

    private static Policy policy(JsonNode line) {
        if (!line.isObject()) {
            throw new IllegalArgumentException("a policy is an object");
        }
        boolean isOld = Trees.text(line, "kind").isEmpty()
                || Trees.text(line, "apiVersion").isEmpty();
        if (isOld) {
            return Policy.old(line);
        }
        boolean isKnown = Trees.text(line, "kind").equals("Policy")
                && Trees.text(line, "apiVersion").equals(VERSION);
        if (!isKnown) {
            throw new IllegalArgumentException("no kind \"%s\" is registered for version \"%s\""
                    .formatted(Trees.text(line, "kind"), Trees.text(line, "apiVersion")));
        }
        return Policy.of(line.path("spec"));
    }

    @Override
    public Decision authorize(Attributes attributes) {
        return policies.stream().anyMatch(policy -> policy.allows(attributes))
                ? new Decision.Allow("")
                : new Decision.NoOpinion("No policy matched.");
    }

    @Override
    public Rules rules(UserInfo user, String namespace) {
        var resources = new ArrayList<ResourceRule>();
        var paths = new ArrayList<PathRule>();
        for (Policy policy : policies) {
            boolean counts = policy.fits(user) && Policy.is(policy.namespace, namespace);
            if (counts && !policy.resource.isEmpty()) {
                resources.add(new ResourceRule(
                        policy.verbs(), List.of(policy.apiGroup), List.of(policy.resource), List.of()));
            }
            if (counts && !policy.path.isEmpty()) {
                paths.add(new PathRule(policy.verbs(), List.of(policy.path)));
            }
        }
        return new Rules(resources, paths);
    }
}
