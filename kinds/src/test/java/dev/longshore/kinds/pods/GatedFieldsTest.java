package dev.longshore.kinds.pods;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Json;
import dev.longshore.kinds.authorization.BootstrapRoles;
import dev.longshore.kinds.kit.FeatureGates;
import dev.longshore.model.Resource;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class GatedFieldsTest {

    private static final FeatureGates BUNDLES = new FeatureGates(Set.of(FeatureGates.TRUST_BUNDLES));

    @Test
    void sourcesOfVolumesBehindClosedGatesAreDropped() {
        assertThat(left(FeatureGates.USUAL)).isEqualTo(List.of("{}", "{}"));
        assertThat(left(BUNDLES)).isEqualTo(List.of("{\"clusterTrustBundle\":{\"path\":\"a\"}}", "{}"));
        assertThat(left(new FeatureGates(Set.of(FeatureGates.POD_CERTIFICATES))))
                .isEqualTo(List.of("{}", "{\"podCertificate\":{\"keyPath\":\"b\"}}"));
    }

    @Test
    void rolesOfBundlesAreThereWhereTheirGateIsOpen() {
        assertThat(names(FeatureGates.USUAL))
                .doesNotContain("system:cluster-trust-bundle-discovery")
                .doesNotHaveDuplicates();
        assertThat(names(BUNDLES))
                .contains(
                        "ClusterRole system:cluster-trust-bundle-discovery",
                        "ClusterRoleBinding system:cluster-trust-bundle-discovery",
                        "ClusterRole system:controller:kube-apiserver-serving-clustertrustbundle-publisher")
                .doesNotHaveDuplicates();
        assertThat(node(BUNDLES)).contains("clustertrustbundles");
        assertThat(node(FeatureGates.USUAL)).doesNotContain("clustertrustbundles");
    }

    private static List<String> left(FeatureGates gates) {
        ObjectNode spec = Json.object();
        var sources =
                spec.putArray("volumes").addObject().putObject("projected").putArray("sources");
        sources.addObject().putObject("clusterTrustBundle").put("path", "a");
        sources.addObject().putObject("podCertificate").put("keyPath", "b");
        GatedFields.drop(gates, spec);
        return sources.valueStream().map(Object::toString).toList();
    }

    private static List<String> names(FeatureGates gates) {
        return BootstrapRoles.all(gates).stream()
                .filter(object -> object.namespace().isEmpty())
                .map(object -> object.kind().kind() + " " + object.name())
                .toList();
    }

    private static String node(FeatureGates gates) {
        return BootstrapRoles.all(gates).stream()
                .filter(object -> object.kind().kind().equals("ClusterRole")
                        && object.name().equals("system:node"))
                .map(Resource::tree)
                .map(Object::toString)
                .findFirst()
                .orElseThrow();
    }
}
