package dev.longshore.kinds;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.Yaml;
import dev.longshore.model.Admission;
import dev.longshore.model.Admission.Operation;
import dev.longshore.model.Authorizer;
import dev.longshore.model.Call;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Resource;
import dev.longshore.model.UserInfo;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/// What node n1 may write.
class NodeRestrictionTest {

    private static final String NODE =
            "{apiVersion: v1, kind: Node, metadata: {name: n1, uid: u1, labels: %s}, spec:" + " %s}";
    private static final String MIRROR = "{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: default,"
            + " annotations: {kubernetes.io/config.mirror: x}, ownerReferences: [{apiVersion: v1, kind: Node, name: n1,"
            + " uid: u1, controller: true}]}, spec: {nodeName: n1, containers: [{name: a, image: x}]}}";

    private final Cluster cluster = new Cluster();
    private final Admission rule = Admissions.all(cluster.context).stream()
            .filter(one -> one.name().equals("NodeRestriction"))
            .findFirst()
            .orElseThrow();

    @BeforeEach
    void plant() {
        cluster.registry.put(read(NODE.formatted("{}", "{}")));
        cluster.registry.put(pod("mine", "n1"));
        cluster.registry.put(pod("other", "n2"));
    }

    private static Resource read(String yaml) {
        return new Resource((ObjectNode) Yaml.parse(yaml));
    }

    private static Resource pod(String name, String node) {
        return read("{apiVersion: v1, kind: Pod, metadata: {name: " + name + ", namespace: default, uid: u-" + name
                + "}, spec: {nodeName: " + node + ", serviceAccountName: default, volumes: [{name: t, projected:"
                + " {sources: [{serviceAccountToken: {audience: vault, path: t}}]}}, {name: c, csi: {driver: d}}]}}");
    }

    private void attempt(
            String user, Operation operation, String subresource, Resource object, Optional<Resource> old) {
        GroupResource resource = object.kind().kind().equals("TokenRequest")
                ? new GroupResource("", "serviceaccounts")
                : subresource.equals("eviction")
                        ? new GroupResource("", "pods")
                        : cluster.kindOf(object).resource();
        rule.mutate(
                new Admission.Attempt(
                        new Call(UserInfo.of(user, "system:nodes"), false, List.of()),
                        operation,
                        resource,
                        object.kind(),
                        subresource,
                        object.namespace(),
                        object.name(),
                        operation == Operation.DELETE ? Optional.empty() : Optional.of(object),
                        old),
                cluster.registry);
    }

    private void create(String subresource, String object) {
        attempt("system:node:n1", Operation.CREATE, subresource, read(object), Optional.empty());
    }

    private void update(String subresource, String object, String old) {
        attempt("system:node:n1", Operation.UPDATE, subresource, read(object), Optional.of(read(old)));
    }

    @Test
    void whoHasNoNameIsNoNode() {
        assertThatThrownBy(() -> attempt(
                        "system:node:", Operation.CREATE, "", read(NODE.formatted("{}", "{}")), Optional.empty()))
                .hasMessageEndingWith("could not determine node from user \"system:node:\"");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {kubernetes.io/hostname: n1, a: b, example.com/x: y, node.kubernetes.io/x: y, x.kubelet.kubernetes.io/y: z} |
            {node-restriction.kubernetes.io/x: y}     | node-restriction.kubernetes.io/x
            {x.node-restriction.kubernetes.io/x: y}   | x.node-restriction.kubernetes.io/x
            {kubernetes.io/other: y, k8s.io/z: y}     | k8s.io/z, kubernetes.io/other
            {x.kubernetes.io/z: y}                    | x.kubernetes.io/z
            """)
    void someLabelsAreNotForNodesToSet(String labels, String refused) {
        String node = NODE.formatted(labels, "{}");
        if (refused == null) {
            assertThatCode(() -> create("", node)).doesNotThrowAnyException();
            assertThatCode(() -> update("", node, NODE.formatted("{}", "{}"))).doesNotThrowAnyException();
            return;
        }
        assertThatThrownBy(() -> create("", node))
                .hasMessage("nodes \"n1\" is forbidden: node \"n1\" is not allowed to set the following labels: "
                        + refused);
        assertThatThrownBy(() -> update("status", node, NODE.formatted("{}", "{}")))
                .hasMessage("nodes \"n1\" is forbidden: is not allowed to modify labels: " + refused);
        assertThatThrownBy(() -> update("", NODE.formatted("{}", "{}"), node))
                .hasMessageEndingWith("is not allowed to modify labels: " + refused);
    }

    @Test
    void taintsAndOwnersAreNotForNodesToChange() {
        String tainted = NODE.formatted("{}", "{taints: [{key: k, effect: NoSchedule}]}");
        String plain = NODE.formatted("{}", "{}");
        String owned = plain.replace("uid: u1,", "uid: u1, ownerReferences: [{apiVersion: v1, kind: X, name: x}],");

        assertThatThrownBy(() -> update("", plain, tainted)).hasMessageEndingWith("is not allowed to modify taints");
        assertThatThrownBy(() -> update("status", tainted, plain))
                .hasMessageEndingWith("is not allowed to modify taints");
        assertThatThrownBy(() -> update("", owned, plain))
                .hasMessageEndingWith("is not allowed to modify ownerReferences");
        assertThatCode(() -> create("", tainted)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            kubernetes.io/config.mirror: x | x: y | pod does not have "kubernetes.io/config.mirror" annotation, node "n1" can only create mirror pods
            nodeName: n1 | nodeName: n2 | node "n1" can only create pods with spec.nodeName set to itself
            name: n1, uid | name: n2, uid | node "n1" can only create pods with an owner reference set to itself
            , controller: true | , controller: false | node "n1" can only create pods with a controller owner reference set to itself
            controller: true | controller: true, blockOwnerDeletion: true | node "n1" must not set blockOwnerDeletion on an owner reference
            uid: u1 | uid: u9 | node n1 UID mismatch: expected u9 got u1
            containers: | serviceAccountName: x, containers: | node "n1" can not create pods that reference serviceaccounts
            image: x | image: x, envFrom: [{secretRef: {name: s}}] | node "n1" can not create pods that reference secrets
            image: x | image: x, env: [{name: e, valueFrom: {configMapKeyRef: {name: s, key: k}}}] | node "n1" can not create pods that reference configmaps
            containers: | volumes: [{name: v, persistentVolumeClaim: {claimName: c}}], containers: | node "n1" can not create pods that reference persistentvolumeclaims
            containers: | volumes: [{name: v, projected: {sources: [{serviceAccountToken: {path: t}}]}}], containers: | node "n1" can not create pods that reference serviceaccounts (via projected volumes)
            containers: | volumes: [{name: v, csi: {driver: d}}], containers: | node "n1" can not create pods that reference csidrivers (via CSI volumes)
            containers: | volumes: [{name: v, news: {}}], containers: | error checking mirror pod for API references: unknown volume type for volume  "v"
            containers: | resourceClaims: [{name: c, resourceClaimName: r}], containers: | node "n1" can not create pods that reference resourceclaims
            """)
    void aNodeShowsItsFilesPodsAndNoOthers(String part, String other, String message) {
        assertThatCode(() -> create("", MIRROR)).doesNotThrowAnyException();
        assertThatThrownBy(() -> create("", MIRROR.replace(part, other)))
                .hasMessage("pods \"p\" is forbidden: " + message);
    }

    @Test
    void aNodeDeletesEvictsAndDescribesItsOwnPods() {
        attempt("system:node:n1", Operation.DELETE, "", pod("mine", "n1"), Optional.of(pod("mine", "n1")));
        assertThatThrownBy(() -> attempt(
                        "system:node:n1", Operation.DELETE, "", pod("other", "n2"), Optional.of(pod("other", "n2"))))
                .hasMessageEndingWith("node \"n1\" can only delete pods with spec.nodeName set to itself");
        String eviction = "{apiVersion: policy/v1, kind: Eviction, metadata: {name: %s, namespace: default}}";
        create("eviction", eviction.formatted("mine"));
        assertThatThrownBy(() -> create("eviction", eviction.formatted("other")))
                .hasMessageEndingWith("node n1 can only evict pods with spec.nodeName set to itself");
        assertThatThrownBy(() -> create("eviction", eviction.formatted("none"))).hasMessage("pods \"none\" not found");
        Resource labelled = pod("mine", "n1");
        labelled.metadata().putObject("labels").put("a", "b");
        Resource claimed = pod("mine", "n1");
        claimed.object("status").putArray("resourceClaimStatuses").addObject().put("name", "c");
        var mine = Optional.of(pod("mine", "n1"));
        assertThatThrownBy(() -> attempt("system:node:n1", Operation.UPDATE, "status", labelled, mine))
                .hasMessageEndingWith("node \"n1\" cannot update labels through pod status");
        assertThatThrownBy(() -> attempt("system:node:n1", Operation.UPDATE, "status", claimed, mine))
                .hasMessageEndingWith("node \"n1\" cannot update resource claim statues");
        assertThatThrownBy(() -> attempt("system:node:n1", Operation.UPDATE, "", labelled, mine))
                .hasMessageEndingWith(
                        "unexpected operation \"UPDATE\", node \"n1\" can only create and delete mirror pods");
        assertThatThrownBy(() -> attempt("system:node:n1", Operation.UPDATE, "resize", labelled, mine))
                .hasMessageEndingWith(
                        "unexpected pod subresource \"resize\", only 'status' and 'eviction' are allowed");
    }

    private static String token(String bound, String audiences) {
        return "{apiVersion: authentication.k8s.io/v1, kind: TokenRequest, metadata: {name: default, namespace:"
                + " default}, spec: {audiences: " + audiences + ", boundObjectRef: " + bound + "}}";
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {} | node requested token not bound to a pod
            {apiVersion: v1, kind: Secret, name: mine} | node requested token not bound to a pod
            {apiVersion: v1, kind: Pod, name: mine} | node requested token with a pod binding without a uid
            {apiVersion: v1, kind: Pod, name: mine, uid: x} | the UID in the bound object reference (x) does not match the UID in record. The object might have been deleted and then recreated
            {apiVersion: v1, kind: Pod, name: other, uid: u-other} | node requested token bound to a pod scheduled on a different node
            """)
    void tokensAreForPodsOnTheNode(String bound, String message) {
        assertThatThrownBy(() -> create("token", token(bound, "[vault]")))
                .hasMessage("serviceaccounts \"default\" is forbidden: " + message);
    }

    @Test
    void tokensAreForAudiencesThatThePodSpeaksOf() {
        cluster.registry.put(read("{apiVersion: storage.k8s.io/v1, kind: CSIDriver, metadata: {name: d}, spec:"
                + " {tokenRequests: [{audience: disks}]}}"));
        String bound = "{apiVersion: v1, kind: Pod, name: mine, uid: u-mine}";

        create("token", token(bound, "[vault]"));
        create("token", token(bound, "[disks]"));
        assertThatThrownBy(() -> create("token", token(bound, "[other]")))
                .hasMessageEndingWith(
                        "audience \"other\" not found in pod spec volume, system:node:n1 is not authorized"
                                + " to request tokens for this audience");
        assertThatThrownBy(() -> create("token", token(bound, "[vault, disks]")))
                .hasMessageEndingWith("node may only request 0 or 1 audiences");

        cluster.authorizer.set(asked -> asked.verb().equals("request-serviceaccounts-token-audience")
                        && asked.resource().equals("other")
                ? new Authorizer.Decision.Allow("")
                : new Authorizer.Decision.NoOpinion(""));
        assertThatCode(() -> create("token", token(bound, "[other]"))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {apiVersion: coordination.k8s.io/v1, kind: Lease, metadata: {name: n1, namespace: default}} | can only access leases in the "kube-node-lease" system namespace
            {apiVersion: coordination.k8s.io/v1, kind: Lease, metadata: {name: n2, namespace: kube-node-lease}} | can only access node lease with the same name as the requesting node
            {apiVersion: storage.k8s.io/v1, kind: CSINode, metadata: {name: n2}} | can only access CSINode with the same name as the requesting node
            {apiVersion: resource.k8s.io/v1, kind: ResourceSlice, metadata: {name: s}, spec: {nodeName: n2}} | can only create ResourceSlice with the same NodeName as the requesting node
            {apiVersion: resource.k8s.io/v1, kind: ResourceSlice, metadata: {name: s}, spec: {allNodes: true}} | can only create ResourceSlice with the same NodeName as the requesting node
            """)
    void otherObjectsOfANodeHaveItsName(String object, String message) {
        assertThatThrownBy(() -> create("", object)).hasMessageEndingWith(message);
        assertThatCode(() -> create(
                        "",
                        object.replace("n2", "n1")
                                .replace("allNodes: true", "nodeName: n1")
                                .replace("namespace: default", "namespace: kube-node-lease")))
                .doesNotThrowAnyException();
    }

    @Test
    void slicesOfOthersStay() {
        Resource slice = read("{apiVersion: resource.k8s.io/v1, kind: ResourceSlice, metadata: {name: s}, spec:"
                + " {nodeName: n2}}");

        assertThatThrownBy(() -> attempt("system:node:n1", Operation.DELETE, "", slice, Optional.of(slice)))
                .hasMessageEndingWith("can only delete ResourceSlice with the same NodeName as the requesting node");
    }
}
