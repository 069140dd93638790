package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// Rights as people give, ask for and lack them.
@ExtendWith(HollowShared.class)
@ParameterizedClass
@MethodSource("dev.longshore.journeys.Kubectl#both")
@Order(18)
record RightsJourneyTest(Kubectl kubectl) {

    @Test
    void rightsAreGivenAndAskedFor() {
        Kubectl here = kubectl.fresh("rights");
        here.ok("create", "role", "reader", "--verb=get,list", "--resource=pods,deployments.apps/scale");
        here.ok(
                "create",
                "rolebinding",
                "ann-reads",
                "--role=reader",
                "--user=ann",
                "--serviceaccount=" + here.namespace() + ":default");
        here.ok("create", "rolebinding", "team-edits", "--clusterrole=edit", "--group=" + here.namespace());

        assertThat(here.run("auth", "can-i", "list", "pods", "--as=ann").out()).isEqualTo("yes\n");
        assertThat(here.run("auth", "can-i", "get", "deployments.apps", "--subresource=scale", "--as=ann")
                        .out())
                .isEqualTo("yes\n");
        assertThat(here.run("auth", "can-i", "delete", "pods", "--as=ann")
                        .failed()
                        .out())
                .isEqualTo("no\n");
        assertThat(here.run("auth", "can-i", "list", "pods", "-n", "default", "--as=ann")
                        .failed()
                        .out())
                .isEqualTo("no\n");
        assertThat(here.run(
                                "auth",
                                "can-i",
                                "list",
                                "pods",
                                "--as=system:serviceaccount:" + here.namespace() + ":default")
                        .out())
                .isEqualTo("yes\n");
        assertThat(here.run("auth", "can-i", "create", "deployments", "--as=bob", "--as-group=" + here.namespace())
                        .out())
                .isEqualTo("yes\n");
        assertThat(here.run("auth", "can-i", "*", "*").out()).isEqualTo("yes\n");
        assertThat(here.run("auth", "can-i", "get", "/logs/", "--as=ann")
                        .failed()
                        .out())
                .isEqualTo("no\n");
        assertThat(here.ok("auth", "can-i", "--list", "--as=ann"))
                .containsPattern("pods +\\[] +\\[] +\\[get list]")
                .containsPattern("deployments.apps/scale +\\[] +\\[] +\\[get list]")
                .containsPattern("selfsubjectreviews.authentication.k8s.io +\\[] +\\[] +\\[create]")
                .containsPattern("\\[/healthz] +\\[] +\\[get]");
        assertThat(here.run("auth", "can-i", "--list", "--as=system:node:node-1", "--as-group=system:nodes")
                        .err())
                .contains("the list may be incomplete: node authorizer does not support user rule resolution");
        here.ok("delete", "namespace", here.namespace(), "--wait=false");
    }

    @Test
    void whoMayNotIsToldWhatAndWhy() {
        Kubectl here = kubectl.fresh("rights");
        here.ok("create", "rolebinding", "dangling", "--clusterrole=none-" + here.namespace(), "--user=ann");

        assertThat(here.fails("get", "pods", "--as=ann"))
                .isEqualTo(
                        "Error from server (Forbidden): pods is forbidden: User \"ann\" cannot list resource \"pods\" in"
                                + " API group \"\" in the namespace \"%s\": RBAC: clusterrole.rbac.authorization.k8s.io"
                                        .formatted(here.namespace())
                                + " \"none-%s\" not found\n".formatted(here.namespace()));
        assertThat(here.fails("get", "nodes", "node-1", "--as=ann"))
                .isEqualTo(
                        "Error from server (Forbidden): nodes \"node-1\" is forbidden: User \"ann\" cannot get resource"
                                + " \"nodes\" in API group \"\" at the cluster scope\n");
        assertThat(here.fails("get", "--raw", "/metrics", "--as=ann"))
                .isEqualTo("Error from server (Forbidden): forbidden: User \"ann\" cannot get path \"/metrics\"\n");
        here.ok("delete", "namespace", here.namespace(), "--wait=false");
    }

    @Test
    void aRoleThatGrantsMoreThanItsAuthorHasIsRefused() {
        Kubectl here = kubectl.fresh("rights");
        here.ok("create", "rolebinding", "ann-admin", "--clusterrole=admin", "--user=ann");

        here.ok("create", "role", "fine", "--verb=get", "--resource=pods", "--as=ann");
        assertThat(here.fails("create", "role", "much", "--verb=list,get", "--resource=nodes,pods", "--as=ann"))
                .contains("roles.rbac.authorization.k8s.io \"much\" is forbidden: user \"ann\""
                        + " (groups=[\"system:authenticated\"]) is attempting to grant RBAC permissions not currently"
                        + " held:\n{APIGroups:[\"\"], Resources:[\"nodes\"], Verbs:[\"list\" \"get\"]}\n");
        assertThat(here.fails("create", "rolebinding", "much", "--clusterrole=cluster-admin", "--user=ann", "--as=ann"))
                .contains("rolebindings.rbac.authorization.k8s.io \"much\" is forbidden: user \"ann\""
                        + " (groups=[\"system:authenticated\"]) is attempting to grant RBAC permissions not currently held:\n"
                        + "{APIGroups:[\"*\"], Resources:[\"*\"], Verbs:[\"*\"]}\n"
                        + "{NonResourceURLs:[\"*\"], Verbs:[\"*\"]}\n");
        assertThat(here.fails("create", "rolebinding", "none", "--clusterrole=no-such", "--user=ann", "--as=ann"))
                .contains("clusterroles.rbac.authorization.k8s.io \"no-such\" not found");

        here.ok(
                "create",
                "role",
                "binder",
                "--verb=bind",
                "--resource=clusterroles.rbac.authorization.k8s.io",
                "--resource-name=system:node-proxier");
        here.ok("create", "rolebinding", "ann-binds", "--role=binder", "--user=ann");
        here.ok("create", "rolebinding", "allowed", "--clusterrole=system:node-proxier", "--user=x", "--as=ann");
        here.ok("delete", "namespace", here.namespace(), "--wait=false");
    }

    @Test
    void rolesAreReconciled() {
        Kubectl here = kubectl.fresh("rights");
        String name = here.namespace();
        String roles = """
                apiVersion: rbac.authorization.k8s.io/v1
                kind: ClusterRole
                metadata: {name: %1$s}
                rules: [{apiGroups: [""], resources: [%2$s], verbs: [get]}]
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: ClusterRoleBinding
                metadata: {name: %1$s}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: %3$s}
                subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: %1$s}]
                """;
        here.okWith(roles.formatted(name, "pods", name), "auth", "reconcile");
        assertThat(here.run("auth", "can-i", "get", "pods", "--as=" + name).out())
                .isEqualTo("yes\n");

        assertThat(here.okWith(roles.formatted(name, "services", "view"), "auth", "reconcile"))
                .contains("clusterrole.rbac.authorization.k8s.io/" + name + " reconciled")
                .contains("clusterrolebinding.rbac.authorization.k8s.io/" + name + " reconciled");

        assertThat(here.value("clusterrole " + name, "{.rules[*].resources}")).isEqualTo("[\"pods\"] [\"services\"]");
        assertThat(here.value("clusterrolebinding " + name, "{.roleRef.name}")).isEqualTo("view");
        here.ok("delete", "clusterrole,clusterrolebinding", name);
        here.ok("delete", "namespace", name, "--wait=false");
    }

    /// SubjectAccessReviews and local ones, of whoever may ask, agree with what happens to those who act.
    @Test
    void reviewsAgreeWithWhatHappens() {
        Kubectl here = kubectl.fresh("rights");
        here.ok("create", "rolebinding", "ann-views", "--clusterrole=view", "--user=ann");

        String path = "/api/v1/namespaces/" + here.namespace() + "/pods";
        for (String verb : List.of("list", "deletecollection")) {
            boolean isList = verb.equals("list");
            Ran acted = here.run(isList ? "get" : "delete", "--raw", path, "--as=ann");
            String attributes = "{namespace: " + here.namespace() + ", verb: " + verb + ", resource: pods}";
            String local = "metadata: {namespace: " + here.namespace() + "}";

            assertThat(acted.exit() == 0).isEqualTo(isList);
            assertThat(review(here, "SubjectAccessReview", "", attributes))
                    .isEqualTo(review(here, "LocalSubjectAccessReview", local, attributes))
                    .isEqualTo(Boolean.toString(isList));
        }
        here.ok("delete", "namespace", here.namespace(), "--wait=false");
    }

    private static String review(Kubectl here, String kind, String metadata, String attributes) {
        return here.runWith(
                        """
                        apiVersion: authorization.k8s.io/v1
                        kind: %s
                        %s
                        spec: {user: ann, groups: ["system:authenticated"], resourceAttributes: %s}
                        """.formatted(kind, metadata, attributes),
                        "create",
                        "-o",
                        "jsonpath={.status.allowed}",
                        "-f",
                        "-")
                .succeeded()
                .out();
    }
}
