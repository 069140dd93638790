package dev.longshore.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.kinds.authorization.NodeAuthorizer;
import dev.longshore.model.Authorizer;
import dev.longshore.model.UserInfo;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeAuthorizerTest {

    private final Cluster cluster = new Cluster();
    private final Authorizer authorizer = new NodeAuthorizer(() -> cluster.registry);

    @BeforeEach
    void fill() {
        for (String node : List.of("n1", "n2")) {
            cluster.registry.put(cluster.read("""
                    apiVersion: v1
                    kind: Pod
                    metadata: {name: of-%s, namespace: default}
                    spec: {nodeName: %s, serviceAccountName: sa-%s, containers: [{name: a, image: b}]}
                    """.formatted(node, node, node)));
            cluster.registry.put(cluster.read("""
                    apiVersion: resource.k8s.io/v1
                    kind: ResourceSlice
                    metadata: {name: slice-%s}
                    spec: {driver: d, nodeName: %s, pool: {name: p, generation: 1, resourceSliceCount: 1}}
                    """.formatted(node, node)));
        }
    }

    private Authorizer.Decision asked(
            UserInfo user, String verb, String what, String namespace, String name, String fields) {
        String[] words = what.split("/");
        int dot = words[0].indexOf('.');
        return authorizer.authorize(new Authorizer.Attributes(
                user,
                verb,
                dot < 0 ? "" : words[0].substring(dot + 1),
                "v1",
                dot < 0 ? words[0] : words[0].substring(0, dot),
                words.length > 1 ? words[1] : "",
                namespace,
                name,
                "",
                Authorizer.Selection.parse(fields, "")));
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", quoteCharacter = '`', textBlock = """
            get,              pods,                         default, of-n1,    -,                 yes
            get,              pods,                         default, of-n2,    -,                 no relationship found between node 'n1' and this object
            list,             pods,                         -,       -,        spec.nodeName=n1,  yes
            watch,            pods,                         -,       -,        `spec.nodeName=n1,status.phase!=Failed`, yes
            list,             pods,                         -,       -,        spec.nodeName!=n1, can only list/watch pods with spec.nodeName field selector
            list,             pods,                         -,       -,        spec.nodeName=n2,  can only list/watch pods with spec.nodeName field selector
            list,             pods,                         default, of-n1,    metadata.name=of-n1, yes
            deletecollection, pods,                         default, -,        spec.nodeName=n1,  -
            delete,           pods,                         default, of-n2,    -,                 yes
            update,           pods,                         default, of-n1,    -,                 -
            patch,            pods/status,                  default, of-n1,    -,                 yes
            get,              pods/status,                  default, of-n1,    -,                 -
            create,           pods/eviction,                default, of-n1,    -,                 yes
            get,              nodes,                        -,       n1,       -,                 yes
            get,              nodes,                        -,       n2,       -,                 `node 'n1' cannot read 'n2', only its own Node object`
            list,             nodes,                        -,       -,        -,                 `node 'n1' cannot read all nodes, only its own Node object`
            watch,            nodes,                        -,       n1,       metadata.name=n1,  yes
            patch,            nodes/status,                 -,       n1,       -,                 yes
            delete,           nodes,                        -,       n1,       -,                 -
            get,              serviceaccounts,              default, sa-n1,    -,                 yes
            list,             serviceaccounts,              default, -,        -,                 can only create tokens for individual service accounts
            create,           serviceaccounts/token,        default, sa-n1,    -,                 yes
            create,           serviceaccounts/token,        default, sa-n2,    -,                 no relationship found between node 'n1' and this object
            create,           serviceaccounts/other,        default, sa-n1,    -,                 can only create token subresource of serviceaccount
            create,           serviceaccounts,              default, -,        -,                 can only create tokens for individual service accounts
            get,              secrets,                      -,       s,        -,                 can only read namespaced object of this type
            update,           secrets,                      default, s,        -,                 can only read resources of this type
            list,             secrets,                      default, -,        -,                 No Object name found
            get,              configmaps/x,                 default, s,        -,                 cannot read subresource
            list,             persistentvolumes,            -,       -,        -,                 can only get individual resources of this type
            get,              persistentvolumes/status,     -,       v,        -,                 cannot get subresource
            get,              persistentvolumeclaims/status, default, c,       -,                 can only get/update/patch this type
            get,              leases.coordination.k8s.io,   default, n1,       -,                 can only access leases in the "kube-node-lease" system namespace
            update,           leases.coordination.k8s.io,   kube-node-lease, n1, -,               yes
            update,           leases.coordination.k8s.io,   kube-node-lease, n2, -,               can only access node lease with the same name as the requesting node
            list,             leases.coordination.k8s.io,   kube-node-lease, -, -,                `can only get, create, update, patch, or delete a node lease`
            get,              csinodes.storage.k8s.io,      -,       n1,       -,                 yes
            get,              csinodes.storage.k8s.io/x,    -,       n1,       -,                 cannot authorize CSINode subresources
            get,              csinodes.storage.k8s.io,      -,       n2,       -,                 can only access CSINode with the same name as the requesting node
            get,              resourceslices.resource.k8s.io, -,     slice-n1, -,                 yes
            update,           resourceslices.resource.k8s.io, -,     slice-n2, -,                 no relationship found between node 'n1' and this object
            create,           resourceslices.resource.k8s.io, -,     -,        -,                 yes
            list,             resourceslices.resource.k8s.io, -,     -,        -,                 can only list/watch/deletecollection resourceslices with nodeName field selector
            deletecollection, resourceslices.resource.k8s.io, -,     -,        spec.nodeName=n1,  yes
            approve,          resourceslices.resource.k8s.io, -,     -,        -,                 `only the following verbs are allowed for a ResourceSlice: get, watch, list, create, update, patch, delete, deletecollection`
            create,           podcertificaterequests.certificates.k8s.io, default, -, -,          yes
            watch,            podcertificaterequests.certificates.k8s.io, -, -, spec.nodeName=n1, yes
            list,             podcertificaterequests.certificates.k8s.io, -, -, -,                can only list/watch podcertificaterequests with nodeName field selector
            delete,           podcertificaterequests.certificates.k8s.io, default, x, -,          nodes may not delete podcertificaterequests
            update,           podcertificaterequests.certificates.k8s.io/status, default, x, -,   nodes may not access the status subresource of PodCertificateRequests
            watch,            services,                     -,       -,        -,                 yes
            create,           tokenreviews.authentication.k8s.io, -, -,        -,                 yes
            create,           events,                       default, -,        -,                 yes
            delete,           events,                       default, e,        -,                 -
            get,              deployments.apps,             default, d,        -,                 -
            """)
    void aNodeMayWhatAKubeletNeedsOfItsOwn(
            String verb, String resource, String namespace, String name, String fields, String answer) {
        UserInfo node = UserInfo.of("system:node:n1", "system:nodes");

        Authorizer.Decision decision = asked(node, verb, resource, or(namespace), or(name), or(fields));

        assertThat(decision)
                .isEqualTo(
                        "yes".equals(answer)
                                ? new Authorizer.Decision.Allow("")
                                : new Authorizer.Decision.NoOpinion(or(answer)));
    }

    private static String or(String text) {
        return text == null ? "" : text;
    }

    @Test
    void onlyNodesAreNodes() {
        assertThat(asked(UserInfo.of("system:node:n1"), "get", "nodes", "", "n1", ""))
                .isEqualTo(new Authorizer.Decision.NoOpinion(""));
        assertThat(asked(UserInfo.of("n1", "system:nodes"), "get", "nodes", "", "n1", ""))
                .isEqualTo(new Authorizer.Decision.NoOpinion(""));
        assertThat(asked(UserInfo.of("system:node:", "system:nodes"), "get", "nodes", "", "n1", ""))
                .isEqualTo(new Authorizer.Decision.NoOpinion("unknown node for user \"system:node:\""));
    }

    @Test
    void aNodesRulesCannotBeListed() {
        assertThat(authorizer.rules(UserInfo.of("system:node:n1", "system:nodes"), "default"))
                .isEqualTo(new Authorizer.Rules(
                        List.of(), List.of(), true, "node authorizer does not support user rule resolution"));
        assertThat(authorizer.rules(new UserInfo("bob", "", List.of(), Map.of()), "default"))
                .isEqualTo(Authorizer.Rules.NONE);
    }
}
