package dev.longshore.apiserver;

import dev.longshore.http.Request;
import dev.longshore.model.Authorizer;
import dev.longshore.model.FaultException;
import dev.longshore.model.FieldSelector;
import dev.longshore.model.GroupResource;
import dev.longshore.model.UserInfo;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// What a request is about, read from its path, method and query alone.
///
/// @param verb `get`, `list`, `watch`, `create` …; for paths that are not about resources the method in lower
/// case
/// @param namespace of the request; for a Namespace itself its own name, as authorization has it
/// @param authorizedName the one object that it is about: its name, or the only one that its field selector
/// lets pass
/// @param remainder what stands behind the subresource, without leading slash
record RequestInfo(
        boolean isResource,
        String verb,
        String group,
        String version,
        String namespace,
        String resource,
        String subresource,
        String name,
        String authorizedName,
        String remainder,
        String path) {

    private static final List<String> NAMESPACE_PARTS = List.of("status", "finalize");
    private static final Set<String> CONVERSATIONS = Set.of("log", "exec", "attach", "portforward", "proxy");

    static RequestInfo of(Request request) {
        List<String> steps = steps(request);
        if (steps.size() >= 3 && steps.getFirst().equals("api")) {
            return resource(request, "", steps.get(1), steps.subList(2, steps.size()));
        }
        if (steps.size() >= 4 && steps.getFirst().equals("apis")) {
            return resource(request, steps.get(1), steps.get(2), steps.subList(3, steps.size()));
        }
        String verb = request.method().toLowerCase(Locale.ROOT);
        return new RequestInfo(false, verb, "", "", "", "", "", "", "", "", request.path());
    }

    private static RequestInfo resource(Request request, String group, String version, List<String> steps) {
        List<String> rest = steps;
        boolean isOldWatch = rest.getFirst().equals("watch") && rest.size() > 1;
        if (isOldWatch) {
            rest = rest.subList(1, rest.size());
        }
        String namespace = "";
        boolean isInNamespace = rest.getFirst().equals("namespaces")
                && rest.size() > 2
                && !(rest.size() == 3 && NAMESPACE_PARTS.contains(rest.get(2)));
        if (isInNamespace) {
            namespace = rest.get(1);
            rest = rest.subList(2, rest.size());
        } else if (rest.getFirst().equals("namespaces") && rest.size() > 1) {
            namespace = rest.get(1);
        }
        String name = rest.size() > 1 ? rest.get(1) : "";
        String subresource = rest.size() > 2 ? rest.get(2) : "";
        int before = steps(request).size() - rest.size() + 3;
        String remainder = rest.size() > 2 ? remainder(request, before) : "";
        return new RequestInfo(
                true,
                isOldWatch ? "watch" : verb(request, name),
                group,
                version,
                namespace,
                rest.getFirst(),
                subresource,
                name,
                name.isEmpty() ? selectedName(request) : name,
                remainder,
                request.path());
    }

    /// A list or watch of one object by its name counts as being about that object, so that rules for single
    /// objects (a node's ConfigMaps and Secrets) cover it.
    private static String selectedName(Request request) {
        try {
            return request.query()
                    .first("fieldSelector")
                    .flatMap(text -> FieldSelector.parse(text).onlyName())
                    .orElse("");
        } catch (FaultException malformed) {
            return "";
        }
    }

    /// What stands after the first `steps` steps, as it was sent: a proxied path keeps its encoding and its
    /// slashes.
    private static String remainder(Request request, int steps) {
        String path = rawPath(request);
        int at = 0;
        for (int i = 0; i < steps; i++) {
            while (at < path.length() && path.charAt(at) == '/') {
                at++;
            }
            at = path.indexOf('/', at);
            if (at < 0) {
                return "";
            }
        }
        return path.substring(at + 1);
    }

    /// Split before it is decoded: an encoded slash is part of a name.
    private static List<String> steps(Request request) {
        return Arrays.stream(rawPath(request).split("/"))
                .filter(step -> !step.isEmpty())
                .map(RequestInfo::decode)
                .toList();
    }

    private static String rawPath(Request request) {
        String raw = request.rawTarget();
        int question = raw.indexOf('?');
        return question < 0 ? raw : raw.substring(0, question);
    }

    private static String decode(String step) {
        try {
            return URLDecoder.decode(step.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notEncoded) {
            return step;
        }
    }

    private static String verb(Request request, String name) {
        return switch (request.method()) {
            case "POST" -> "create";
            case "PUT" -> "update";
            case "PATCH" -> "patch";
            case "DELETE" -> name.isEmpty() ? "deletecollection" : "delete";
            case "GET", "HEAD" -> {
                boolean isWatch = request.query().isSet("watch");
                if (name.isEmpty()) {
                    yield isWatch ? "watch" : "list";
                }
                yield "get";
            }
            default -> request.method().toLowerCase(Locale.ROOT);
        };
    }

    /// True for requests that stay open as long as both sides like: watches and conversations.
    boolean isLongRunning() {
        return verb.equals("watch") || isResource && CONVERSATIONS.contains(subresource);
    }

    GroupResource groupResource() {
        return new GroupResource(group, resource);
    }

    Authorizer.Attributes attributes(UserInfo user) {
        return isResource
                ? new Authorizer.Attributes(
                        user, verb, group, version, resource, subresource, namespace, authorizedName, "")
                : new Authorizer.Attributes(user, verb, "", "", "", "", "", "", path);
    }
}
