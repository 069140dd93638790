package dev.longshore.kinds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Admission;
import dev.longshore.model.Authorizer;
import dev.longshore.model.Call;
import dev.longshore.model.Resource;
import dev.longshore.model.UserInfo;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AccessTest {

    private static final UserInfo BOB = UserInfo.of("bob");

    private final Cluster cluster = new Cluster();
    private final Authorizer authorizer = Authorizers.all(cluster.context, () -> cluster.registry);

    @BeforeEach
    void plant() {
        cluster.authorizer.set(authorizer);
        new SeedObjects(cluster.context, cluster.registry, 6443).plant();
    }

    private boolean may(UserInfo user, String verb, String group, String resource, String namespace) {
        return authorizer.authorize(new Authorizer.Attributes(user, verb, group, "v1", resource, "", namespace, "", ""))
                instanceof Authorizer.Decision.Allow;
    }

    private boolean mayPath(UserInfo user, String path) {
        return authorizer.authorize(new Authorizer.Attributes(user, "get", "", "", "", "", "", "", path))
                instanceof Authorizer.Decision.Allow;
    }

    private void bind(String kind, String name, String subject) {
        cluster.create(
                """
                apiVersion: rbac.authorization.k8s.io/v1
                kind: %s
                metadata: {name: %s-bob%s}
                roleRef: {kind: ClusterRole, name: %s}
                subjects: [%s]
                """.formatted(kind, name, kind.equals("RoleBinding") ? ", namespace: default" : "", name, subject));
    }

    @Test
    void administratorsMayEverything() {
        assertThat(may(UserInfo.of("root", UserInfo.MASTERS), "delete", "", "nodes", ""))
                .isTrue();
    }

    @Test
    void nobodyMayAnythingAtFirst() {
        assertThat(may(BOB, "get", "", "pods", "default")).isFalse();
        assertThat(may(BOB, "create", "authorization.k8s.io", "selfsubjectaccessreviews", ""))
                .isTrue();
        assertThat(mayPath(BOB, "/apis/apps/v1")).isTrue();
        assertThat(mayPath(UserInfo.ANONYMOUS, "/version")).isTrue();
        assertThat(mayPath(UserInfo.ANONYMOUS, "/api")).isFalse();
        assertThat(mayPath(BOB, "/metrics")).isFalse();
    }

    @Test
    void aRoleBindingCountsInItsNamespaceAtOnce() {
        assertThat(may(BOB, "list", "", "pods", "default")).isFalse();
        bind("RoleBinding", "view", "{kind: User, name: bob}");

        assertThat(may(BOB, "list", "", "pods", "default")).isTrue();
        assertThat(may(BOB, "list", "", "pods", "kube-system")).isFalse();
        assertThat(may(BOB, "list", "", "secrets", "default")).isFalse();
        assertThat(may(BOB, "create", "", "pods", "default")).isFalse();
    }

    @Test
    void whatOthersWriteCountsASecondLater() {
        assertThat(may(BOB, "list", "", "pods", "default")).isFalse();
        Resource binding = cluster.read("""
                apiVersion: rbac.authorization.k8s.io/v1
                kind: ClusterRoleBinding
                metadata: {name: bob}
                roleRef: {kind: ClusterRole, name: edit}
                subjects: [{kind: User, name: bob}]
                """);
        cluster.registry.put(binding);
        cluster.time.advance(Duration.ofSeconds(2));

        assertThat(may(BOB, "list", "", "pods", "default")).isTrue();
    }

    @Test
    void aggregatedRolesAreWhatTheySelect() {
        bind("ClusterRoleBinding", "admin", "{kind: User, name: bob}");

        assertThat(may(BOB, "update", "apps", "deployments", "default")).isTrue();
        assertThat(may(BOB, "get", "", "pods", "default")).isTrue();
        assertThat(may(BOB, "create", "rbac.authorization.k8s.io", "roles", "default"))
                .isTrue();
        assertThat(may(BOB, "delete", "", "nodes", "")).isFalse();
    }

    @Test
    void rulesTellWhatIsAllowed() {
        bind("RoleBinding", "view", "{kind: User, name: bob}");

        assertThat(authorizer.rules(BOB, "default").resources())
                .anyMatch(rule ->
                        rule.resources().contains("pods") && rule.verbs().equals(List.of("get", "list", "watch")));
        assertThat(authorizer.rules(BOB, "default").paths())
                .anyMatch(rule -> rule.paths().contains("/healthz"));
    }

    @Test
    void nodesSeeTheSecretsOfTheirPodsOnly() {
        UserInfo node = UserInfo.of("system:node:n1", "system:nodes");
        cluster.registry.put(cluster.read("""
                apiVersion: v1
                kind: Pod
                metadata: {name: web, namespace: default}
                spec:
                  nodeName: n1
                  containers: [{name: a, image: b}]
                  volumes: [{name: s, secret: {secretName: mine}}]
                """));

        assertThat(secret(node, "mine")).isTrue();
        assertThat(secret(node, "other")).isFalse();
        assertThat(secret(UserInfo.of("system:node:n2", "system:nodes"), "mine"))
                .isFalse();
        assertThat(may(node, "update", "", "nodes", "")).isTrue();
        assertThat(may(node, "delete", "", "services", "default")).isFalse();
    }

    @Test
    void nodesSeeWhatTheVolumesOfTheirPodsNeed() {
        UserInfo node = UserInfo.of("system:node:n1", "system:nodes");
        UserInfo other = UserInfo.of("system:node:n2", "system:nodes");
        cluster.registry.put(cluster.read("""
                apiVersion: v1
                kind: Pod
                metadata: {name: web, namespace: default}
                spec:
                  nodeName: n1
                  containers: [{name: a, image: b}]
                  resourceClaims: [{name: r, resourceClaimName: devices}]
                  volumes:
                  - {name: own, csi: {driver: d, nodePublishSecretRef: {name: inline}}}
                  - {name: data, persistentVolumeClaim: {claimName: data}}
                  - {name: made, ephemeral: {}}
                """));
        cluster.registry.put(cluster.read("""
                apiVersion: v1
                kind: PersistentVolume
                metadata: {name: pv}
                spec:
                  claimRef: {namespace: default, name: data}
                  csi:
                    driver: d
                    volumeHandle: v
                    nodePublishSecretRef: {namespace: vault, name: publish}
                    nodeStageSecretRef: {namespace: vault, name: stage}
                    nodeExpandSecretRef: {namespace: vault, name: expand}
                    controllerExpandSecretRef: {namespace: vault, name: controller}
                """));
        cluster.registry.put(cluster.read("""
                apiVersion: storage.k8s.io/v1
                kind: VolumeAttachment
                metadata: {name: va}
                spec: {attacher: d, nodeName: n1, source: {persistentVolumeName: pv}}
                """));

        for (String secret : List.of("vault/publish", "vault/stage", "vault/expand", "default/inline")) {
            assertThat(reads(node, "", "secrets", secret)).as(secret).isTrue();
            assertThat(reads(other, "", "secrets", secret)).as(secret).isFalse();
        }
        assertThat(reads(node, "", "secrets", "vault/controller")).isFalse();
        assertThat(reads(node, "", "secrets", "default/publish")).isFalse();
        for (String object : List.of(
                "/persistentvolumes//pv",
                "/persistentvolumeclaims/default/data",
                "/persistentvolumeclaims/default/web-made",
                "resource.k8s.io/resourceclaims/default/devices",
                "storage.k8s.io/volumeattachments//va",
                "storage.k8s.io/csinodes//n1")) {
            String[] parts = object.split("/");
            assertThat(reads(node, parts[0], parts[1], parts[2] + "/" + parts[3]))
                    .as(object)
                    .isTrue();
            assertThat(reads(other, parts[0], parts[1], parts[2] + "/" + parts[3]))
                    .as(object)
                    .isFalse();
        }
        assertThat(reads(node, "", "persistentvolumeclaims", "default/others")).isFalse();
    }

    @Test
    void aPodThatANodeMadeItselfLeadsToNothing() {
        UserInfo node = UserInfo.of("system:node:n1", "system:nodes");
        cluster.registry.put(cluster.read("""
                apiVersion: v1
                kind: Pod
                metadata: {name: web, namespace: default, annotations: {kubernetes.io/config.mirror: x}}
                spec:
                  nodeName: n1
                  containers: [{name: a, image: b}]
                  volumes: [{name: s, secret: {secretName: mine}}]
                """));

        assertThat(secret(node, "mine")).isFalse();
    }

    private boolean reads(UserInfo node, String group, String resource, String object) {
        String[] parts = object.split("/");
        return authorizer.authorize(
                        new Authorizer.Attributes(node, "get", group, "v1", resource, "", parts[0], parts[1], ""))
                instanceof Authorizer.Decision.Allow;
    }

    private boolean secret(UserInfo node, String name) {
        return authorizer.authorize(
                        new Authorizer.Attributes(node, "get", "", "v1", "secrets", "", "default", name, ""))
                instanceof Authorizer.Decision.Allow;
    }

    @Test
    void nobodyGrantsWhatTheyDoNotHold() {
        bind("RoleBinding", "admin", "{kind: User, name: bob}");
        Admission escalation = Admissions.all(cluster.context).stream()
                .filter(admission -> admission.name().equals("RoleEscalation"))
                .findFirst()
                .orElseThrow();

        escalation.mutate(attempt("pods", "get"), cluster.registry);
        assertThatThrownBy(() -> escalation.mutate(attempt("nodes", "delete"), cluster.registry))
                .hasMessage("roles.rbac.authorization.k8s.io \"r\" is forbidden: user \"bob\""
                        + " (groups=[\"system:authenticated\"]) is attempting to grant RBAC permissions not currently"
                        + " held:\n{APIGroups:[\"\"], Resources:[\"nodes\"], Verbs:[\"delete\"]}");
    }

    private Admission.Attempt attempt(String resource, String verb) {
        Resource role = cluster.read("""
                apiVersion: rbac.authorization.k8s.io/v1
                kind: Role
                metadata: {name: r, namespace: default}
                rules: [{apiGroups: [""], resources: [%s], verbs: [%s]}]
                """.formatted(resource, verb));
        return new Admission.Attempt(
                new Call(BOB, false, List.of()),
                Admission.Operation.CREATE,
                cluster.kindOf(role).resource(),
                role.kind(),
                "",
                "default",
                "r",
                Optional.of(role),
                Optional.empty());
    }

    @Test
    void reviewsAskTheAuthorizer() {
        Resource review = cluster.read("""
                apiVersion: authorization.k8s.io/v1
                kind: SelfSubjectAccessReview
                spec: {resourceAttributes: {verb: get, resource: pods, namespace: default}}
                """);
        var virtual = cluster.kindOf(review).virtual().orElseThrow();

        assertThat(virtual.create(new Call(BOB, false, List.of()), cluster.registry, "", review.copy())
                        .at("status")
                        .toString())
                .isEqualTo("{\"allowed\":false}");
        assertThat(Trees.flag(
                        virtual.create(cluster.call, cluster.registry, "", review.copy())
                                .tree(),
                        "status",
                        "allowed"))
                .isTrue();
    }

    @Test
    void plantingTwiceChangesNothing() {
        String before = cluster.registry
                .list(
                        cluster.kind("rbac.authorization.k8s.io/v1", "ClusterRole")
                                .resource(),
                        "")
                .toString();
        new SeedObjects(cluster.context, cluster.registry, 6443).plant();

        assertThat(cluster.registry.list(
                        cluster.kind("rbac.authorization.k8s.io/v1", "ClusterRole")
                                .resource(),
                        ""))
                .hasToString(before);
        assertThat(cluster.registry
                        .get(cluster.kind("v1", "Service").resource(), "default", "kubernetes")
                        .orElseThrow()
                        .text("spec", "clusterIP"))
                .isEqualTo("10.96.0.1");
    }
}
