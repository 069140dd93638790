package dev.longshore.kinds.cel;

import dev.cel.common.types.CelType;
import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.SimpleType;
import dev.longshore.model.Authorizer;
import dev.longshore.model.NameRule;
import dev.longshore.model.UserInfo;
import java.util.List;

/// Asks what users may do: `authorizer.group('apps').resource('deployments').check('create').allowed()`.
final class AuthorizerLibrary {

    static final String AUTHORIZER = "kubernetes.authorization.Authorizer";
    static final String PATH = "kubernetes.authorization.PathCheck";
    static final String GROUP = "kubernetes.authorization.GroupCheck";
    static final String RESOURCE = "kubernetes.authorization.ResourceCheck";
    static final String DECISION = "kubernetes.authorization.Decision";

    static final CelType AUTHORIZER_TYPE = OpaqueType.create(AUTHORIZER);
    static final CelType RESOURCE_TYPE = OpaqueType.create(RESOURCE);
    private static final CelType PATH_TYPE = OpaqueType.create(PATH);
    private static final CelType GROUP_TYPE = OpaqueType.create(GROUP);
    private static final CelType DECISION_TYPE = OpaqueType.create(DECISION);
    private static final CelType TEXT = SimpleType.STRING;

    private AuthorizerLibrary() {}

    /// Asks for `user`.
    record Asker(UserInfo user, Authorizer authorizer) {}

    /// About a path that is no resource's.
    record PathCheck(Asker asker, String path) {}

    /// About the resources of a group.
    record GroupCheck(Asker asker, String group) {}

    /// About a resource.
    ///
    /// @param fields how it is selected by fields; empty for not at all
    /// @param labels likewise by labels
    record ResourceCheck(
            GroupCheck group,
            String resource,
            String subresource,
            String namespace,
            String name,
            String fields,
            String labels) {

        ResourceCheck with(String otherSubresource, String otherNamespace, String otherName) {
            return new ResourceCheck(group, resource, otherSubresource, otherNamespace, otherName, fields, labels);
        }
    }

    /// What the authorizer said.
    ///
    /// @param error why it could not say; empty if it could
    record Answer(boolean isAllowed, String reason, String error) {}

    static List<CelFunction> all() {
        return List.of(
                member("path", PATH_TYPE, List.of(AUTHORIZER_TYPE, TEXT), AuthorizerLibrary::path),
                member(
                        "group",
                        GROUP_TYPE,
                        List.of(AUTHORIZER_TYPE, TEXT),
                        given -> new GroupCheck((Asker) given.get(0), (String) given.get(1))),
                member(
                        "serviceAccount",
                        AUTHORIZER_TYPE,
                        List.of(AUTHORIZER_TYPE, TEXT, TEXT),
                        AuthorizerLibrary::serviceAccount),
                member("resource", RESOURCE_TYPE, List.of(GROUP_TYPE, TEXT), AuthorizerLibrary::resource),
                narrowed("subresource", (check, text) -> check.with(text, check.namespace, check.name)),
                narrowed("namespace", (check, text) -> check.with(check.subresource, text, check.name)),
                narrowed("name", (check, text) -> check.with(check.subresource, check.namespace, text)),
                narrowed(
                        "fieldSelector",
                        (check, text) -> new ResourceCheck(
                                check.group,
                                check.resource,
                                check.subresource,
                                check.namespace,
                                check.name,
                                text,
                                check.labels)),
                narrowed(
                        "labelSelector",
                        (check, text) -> new ResourceCheck(
                                check.group,
                                check.resource,
                                check.subresource,
                                check.namespace,
                                check.name,
                                check.fields,
                                text)),
                member("check", DECISION_TYPE, List.of(PATH_TYPE, TEXT), given -> ask((PathCheck) given.get(0), given)),
                member(
                        "check",
                        DECISION_TYPE,
                        List.of(RESOURCE_TYPE, TEXT),
                        given -> ask((ResourceCheck) given.get(0), given)),
                member("allowed", SimpleType.BOOL, List.of(DECISION_TYPE), given -> answer(given).isAllowed),
                member("reason", TEXT, List.of(DECISION_TYPE), given -> answer(given).reason),
                member(
                        "errored",
                        SimpleType.BOOL,
                        List.of(DECISION_TYPE),
                        given -> !answer(given).error.isEmpty()),
                member("error", TEXT, List.of(DECISION_TYPE), given -> answer(given).error));
    }

    private static CelFunction member(
            String name, CelType result, List<CelType> takes, java.util.function.Function<List<Object>, Object> body) {
        return CelFunction.member(name, result, takes, body);
    }

    private static CelFunction narrowed(
            String name, java.util.function.BiFunction<ResourceCheck, String, ResourceCheck> how) {
        return member(
                name,
                RESOURCE_TYPE,
                List.of(RESOURCE_TYPE, TEXT),
                given -> how.apply((ResourceCheck) given.get(0), (String) given.get(1)));
    }

    private static Object path(List<Object> given) {
        String path = (String) given.get(1);
        if (path.isBlank()) {
            throw new IllegalArgumentException("path must not be empty");
        }
        return new PathCheck((Asker) given.get(0), path);
    }

    private static Object resource(List<Object> given) {
        String resource = (String) given.get(1);
        if (resource.isBlank()) {
            throw new IllegalArgumentException("resource must not be empty");
        }
        return new ResourceCheck((GroupCheck) given.get(0), resource, "", "", "", "", "");
    }

    private static Object serviceAccount(List<Object> given) {
        String namespace = (String) given.get(1);
        String name = (String) given.get(2);
        if (!NameRule.DNS_SUBDOMAIN.check(name).isEmpty()) {
            throw new IllegalArgumentException("Invalid service account name");
        }
        if (!NameRule.DNS_LABEL.check(namespace).isEmpty()) {
            throw new IllegalArgumentException("Invalid service account namespace");
        }
        return new Asker(UserInfo.serviceAccount(namespace, name, ""), ((Asker) given.get(0)).authorizer);
    }

    private static Answer answer(List<Object> given) {
        return (Answer) given.getFirst();
    }

    private static Answer ask(PathCheck check, List<Object> given) {
        return ask(
                check.asker,
                new Authorizer.Attributes(check.asker.user, (String) given.get(1), "", "", "", "", "", "", check.path));
    }

    private static Answer ask(ResourceCheck check, List<Object> given) {
        Asker asker = check.group.asker;
        return ask(
                asker,
                new Authorizer.Attributes(
                        asker.user,
                        (String) given.get(1),
                        check.group.group,
                        "*",
                        check.resource,
                        check.subresource,
                        check.namespace,
                        check.name,
                        "",
                        Authorizer.Selection.parse(check.fields, check.labels)));
    }

    private static Answer ask(Asker asker, Authorizer.Attributes attributes) {
        try {
            Authorizer.Decision decision = asker.authorizer.authorize(attributes);
            return new Answer(decision instanceof Authorizer.Decision.Allow, decision.why(), decision.error());
        } catch (RuntimeException failed) {
            // That nobody could answer is an answer, which the expression can ask for.
            return new Answer(false, "", String.valueOf(failed.getMessage()));
        }
    }
}
