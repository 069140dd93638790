package dev.longshore.apiserver.flow;

import dev.longshore.model.Authorizer.Attributes;
import dev.longshore.model.UserInfo;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// One rule of a [FlowSchema]: some subjects, and what they ask for.
record FlowRule(List<Subject> subjects, List<OnResources> resources, List<OnPaths> paths) {

    private static final String ANY = "*";
    private static final String ACCOUNT = "system:serviceaccount:";

    static FlowRule of(JsonNode rule) {
        var subjects = new ArrayList<Subject>();
        rule.path("subjects").forEach(node -> subjects.add(Subject.of(node)));
        var resources = new ArrayList<OnResources>();
        rule.path("resourceRules")
                .forEach(node -> resources.add(new OnResources(
                        texts(node, "verbs"),
                        texts(node, "apiGroups"),
                        texts(node, "resources"),
                        texts(node, "namespaces"),
                        node.path("clusterScope").asBoolean(false))));
        var paths = new ArrayList<OnPaths>();
        rule.path("nonResourceRules")
                .forEach(node -> paths.add(new OnPaths(texts(node, "verbs"), texts(node, "nonResourceURLs"))));
        return new FlowRule(List.copyOf(subjects), List.copyOf(resources), List.copyOf(paths));
    }

    boolean matches(Attributes request) {
        return isAboutSubject(request.user())
                && (request.isResource() ? isAboutResource(request) : isAboutPath(request));
    }

    private boolean isAboutSubject(UserInfo user) {
        for (Subject subject : subjects) {
            if (subject.is(user)) {
                return true;
            }
        }
        return false;
    }

    private boolean isAboutResource(Attributes request) {
        for (OnResources rule : resources) {
            if (rule.matches(request)) {
                return true;
            }
        }
        return false;
    }

    private boolean isAboutPath(Attributes request) {
        for (OnPaths rule : paths) {
            if (rule.matches(request)) {
                return true;
            }
        }
        return false;
    }

    private static Set<String> texts(JsonNode node, String field) {
        var texts = new HashSet<String>();
        node.path(field).forEach(text -> texts.add(text.asString("")));
        return Set.copyOf(texts);
    }

    private static boolean holds(Set<String> set, String value) {
        return set.contains(ANY) || set.contains(value);
    }

    /// Who asks.
    private sealed interface Subject {

        boolean is(UserInfo user);

        static Subject of(JsonNode node) {
            String kind = node.path("kind").asString("");
            return switch (kind) {
                case "User" -> new User(node.path("user").path("name").asString(""));
                case "Group" -> new Group(node.path("group").path("name").asString(""));
                case "ServiceAccount" ->
                    new Account(
                            node.path("serviceAccount").path("namespace").asString(""),
                            node.path("serviceAccount").path("name").asString(""));
                default -> new Nobody();
            };
        }

        record User(String name) implements Subject {
            @Override
            public boolean is(UserInfo user) {
                return name.equals(ANY) || name.equals(user.name());
            }
        }

        record Group(String name) implements Subject {
            @Override
            public boolean is(UserInfo user) {
                return name.equals(ANY) || user.groups().contains(name);
            }
        }

        record Account(String namespace, String name) implements Subject {
            @Override
            public boolean is(UserInfo user) {
                String prefix = ACCOUNT + namespace + ":";
                return user.name().startsWith(prefix)
                        && (name.equals(ANY)
                                || user.name().length() == prefix.length() + name.length()
                                        && user.name().endsWith(name));
            }
        }

        record Nobody() implements Subject {
            @Override
            public boolean is(UserInfo user) {
                return false;
            }
        }
    }

    /// What is asked of resources.
    private record OnResources(
            Set<String> verbs, Set<String> groups, Set<String> resources, Set<String> namespaces, boolean cluster) {

        boolean matches(Attributes request) {
            boolean isScopeRight = request.namespace().isEmpty() ? cluster : holds(namespaces, request.namespace());
            return isScopeRight
                    && holds(verbs, request.verb())
                    && holds(groups, request.group())
                    && (resources.contains(ANY) || resources.contains(full(request)));
        }

        private static String full(Attributes request) {
            return request.subresource().isEmpty()
                    ? request.resource()
                    : request.resource() + "/" + request.subresource();
        }
    }

    /// What is asked of other paths.
    private record OnPaths(Set<String> verbs, Set<String> urls) {

        boolean matches(Attributes request) {
            return holds(verbs, request.verb())
                    && (holds(urls, request.path()) || urls.stream().anyMatch(url -> covers(url, request.path())));
        }

        private static boolean covers(String url, String path) {
            return url.endsWith("/*") && path.startsWith(url.substring(0, url.length() - 1));
        }
    }
}
