package dev.longshore.apiserver;

import dev.longshore.http.Request;
import dev.longshore.model.Authorizer;
import dev.longshore.model.FaultException;
import dev.longshore.model.FieldSelector;
import dev.longshore.model.GroupResource;
import dev.longshore.model.NameRule;
import dev.longshore.model.UserInfo;
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
/// @param selection what narrows a list, a watch or a deletion of many
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
        String path,
        Authorizer.Selection selection) {

    private static final List<String> NAMESPACE_PARTS = List.of("status", "finalize");
    private static final Set<String> NARROWED = Set.of("list", "watch", "deletecollection");
    private static final Set<String> CONVERSATIONS = Set.of("log", "exec", "attach", "portforward", "proxy");

    static RequestInfo of(Request request) {
        List<String> steps = steps(request);
        if (steps.size() >= 3 && steps.getFirst().equals("api")) {
            return resource(request, "", steps.get(1), steps.subList(2, steps.size()));
        }
        if (steps.size() >= 4 && steps.getFirst().equals("apis")) {
            return resource(request, steps.get(1), steps.get(2), steps.subList(3, steps.size()));
        }
        return path(request);
    }

    private static RequestInfo path(Request request) {
        String verb = request.method().toLowerCase(Locale.ROOT);
        return new RequestInfo(false, verb, "", "", "", "", "", "", "", "", request.path(), Authorizer.Selection.NONE);
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
        int before = steps.size() - rest.size();
        boolean hasGap = version.isEmpty()
                || steps.subList(0, before + Math.min(3, rest.size())).contains("");
        if (hasGap) {
            // Nothing is there, as in kube-apiserver: an empty step is a step.
            return path(request);
        }
        String remainder = rest.size() > 3 ? remainder(request, steps(request).size() - rest.size() + 3, rest) : "";
        String verb = isOldWatch ? "watch" : verb(request, name);
        boolean isNarrowed = !isOldWatch && NARROWED.contains(verb);
        return new RequestInfo(
                true,
                verb,
                group,
                version,
                namespace,
                rest.getFirst(),
                subresource,
                name,
                name.isEmpty() && isNarrowed && !verb.equals("deletecollection") ? selectedName(request) : name,
                remainder,
                request.path(),
                isNarrowed ? selection(request) : Authorizer.Selection.NONE);
    }

    /// A list or watch of one object by its name counts as being about that object, so that rules for single
    /// objects (a node's ConfigMaps and Secrets) cover it.
    private static String selectedName(Request request) {
        try {
            return request.query()
                    .first("fieldSelector")
                    .flatMap(text -> FieldSelector.parse(text).onlyName())
                    .filter(name -> NameRule.PATH_SEGMENT.check(name).isEmpty())
                    .orElse("");
        } catch (FaultException malformed) {
            return "";
        }
    }

    /// The old way to watch, with the verb in the path, does not keep to selectors everywhere.
    private static Authorizer.Selection selection(Request request) {
        return Authorizer.Selection.parse(
                request.query().first("fieldSelector").orElse(""),
                request.query().first("labelSelector").orElse(""));
    }

    /// What stands after the first `steps` steps, as it was sent: a proxied path keeps its encoding and its
    /// slashes. Only where slashes were encoded nobody can tell whose they are.
    private static String remainder(Request request, int steps, List<String> rest) {
        String path = rawPath(request);
        int at = 1;
        for (int i = 0; i < steps; i++) {
            at = path.indexOf('/', at) + 1;
        }
        boolean isShifted = path.substring(0, at).toLowerCase(Locale.ROOT).contains("%2f") || at == 0;
        return isShifted ? String.join("/", rest.subList(3, rest.size())) : path.substring(at);
    }

    /// Split after decoding, as kube-apiserver does: an encoded slash is a slash. Slashes at the end do not count.
    private static List<String> steps(Request request) {
        String path = request.path();
        int end = path.length();
        while (end > 1 && path.charAt(end - 1) == '/') {
            end--;
        }
        boolean isOdd = end <= 1 || path.charAt(0) != '/' || path.charAt(1) == '/';
        return isOdd ? List.of() : List.of(path.substring(1, end).split("/", -1));
    }

    private static String rawPath(Request request) {
        String raw = request.rawTarget();
        int question = raw.indexOf('?');
        return question < 0 ? raw : raw.substring(0, question);
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
                        user, verb, group, version, resource, subresource, namespace, authorizedName, "", selection)
                : new Authorizer.Attributes(user, verb, "", "", "", "", "", "", path);
    }
}
