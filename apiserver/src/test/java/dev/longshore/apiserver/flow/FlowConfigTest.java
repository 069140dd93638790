package dev.longshore.apiserver.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.Authorizer.Attributes;
import dev.longshore.model.Resource;
import dev.longshore.model.UserInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class FlowConfigTest {

    private static final UserInfo MANAGER = UserInfo.of("system:kube-controller-manager");
    private static final UserInfo NODE = UserInfo.of("system:node:n", "system:nodes");

    private static FlowConfig bootstrap() {
        var schemas = new ArrayList<>(BootstrapFlows.mandatorySchemas());
        schemas.addAll(BootstrapFlows.suggestedSchemas());
        var levels = new ArrayList<>(BootstrapFlows.mandatoryLevels());
        levels.addAll(BootstrapFlows.suggestedLevels());
        return FlowConfig.of(schemas, levels);
    }

    private static Attributes on(UserInfo user, String verb, String group, String resource, String namespace) {
        String[] parts = resource.split("/");
        return new Attributes(user, verb, group, "v1", parts[0], parts.length > 1 ? parts[1] : "", namespace, "", "");
    }

    private static Attributes path(UserInfo user, String verb, String path) {
        return new Attributes(user, verb, "", "", "", "", "", "", path);
    }

    private static String schema(Attributes request) {
        return bootstrap().match(request).name();
    }

    @Test
    void classesAsKubernetesDoes() {
        UserInfo someone = UserInfo.of("someone");
        UserInfo account = UserInfo.serviceAccount("shop", "robot", "");
        UserInfo ours = UserInfo.serviceAccount("kube-system", "deployment-controller", "");
        assertThat(schema(on(UserInfo.of("admin", UserInfo.MASTERS), "list", "", "pods", "")))
                .isEqualTo("exempt");
        assertThat(schema(path(UserInfo.ANONYMOUS, "get", "/readyz"))).isEqualTo("probes");
        assertThat(schema(on(MANAGER, "update", "coordination.k8s.io", "leases", "kube-system")))
                .isEqualTo("system-leader-election");
        assertThat(schema(on(MANAGER, "update", "", "endpoints", "shop"))).isEqualTo("endpoint-controller");
        assertThat(schema(on(MANAGER, "list", "", "pods", ""))).isEqualTo("kube-controller-manager");
        assertThat(schema(on(ours, "get", "", "configmaps", "shop"))).isEqualTo("workload-leader-election");
        assertThat(schema(on(ours, "list", "apps", "deployments", ""))).isEqualTo("kube-system-service-accounts");
        assertThat(schema(on(NODE, "patch", "", "nodes/status", ""))).isEqualTo("system-node-high");
        assertThat(schema(on(NODE, "update", "coordination.k8s.io", "leases", "kube-node-lease")))
                .isEqualTo("system-node-high");
        assertThat(schema(on(NODE, "list", "", "pods", ""))).isEqualTo("system-nodes");
        assertThat(schema(on(account, "list", "", "pods", "shop"))).isEqualTo("service-accounts");
        assertThat(schema(on(someone, "list", "", "pods", "shop"))).isEqualTo("global-default");
        assertThat(schema(path(someone, "get", "/metrics"))).isEqualTo("global-default");
    }

    @Test
    void takesWhoeverBelongsNowhereAsCatchAll() {
        var stranger = new UserInfo("stranger", "", List.of(), java.util.Map.of());

        assertThat(schema(on(stranger, "get", "", "pods", "a"))).isEqualTo("catch-all");
    }

    @Test
    void leavesOutSchemasWithoutLevelAndNamesThem() {
        Resource schema = Resource.of(BootstrapFlows.SCHEMA, "", "lost");
        schema.object("spec")
                .put("matchingPrecedence", 3)
                .putObject("priorityLevelConfiguration")
                .put("name", "none");

        FlowConfig config = FlowConfig.of(List.of(schema), List.of());

        assertThat(config.dangling()).containsExactly("lost");
        assertThat(config.schemas()).extracting(FlowSchema::name).containsExactly("exempt", "catch-all");
    }

    @Test
    void makesFlowsOfUsersOrNamespaces() {
        FlowConfig config = bootstrap();
        Attributes one = on(MANAGER, "list", "", "pods", "shop");
        Attributes other = on(UserInfo.of("someone"), "list", "", "pods", "shop");

        assertThat(config.match(one).flow(one)).isEqualTo("shop");
        assertThat(config.match(other).flow(other)).isEqualTo("someone");
    }

    @Property
    void dealsDifferentQueuesToAFlowAndAlwaysTheSame(
            @ForAll long hash,
            @ForAll @IntRange(min = 15, max = 512) int deck,
            @ForAll @IntRange(min = 1, max = 15) int size) {
        int[] hand = Hands.deal(hash, deck, size);

        assertThat(hand).doesNotHaveDuplicates().hasSize(size).isEqualTo(Hands.deal(hash, deck, size));
        assertThat(IntStream.of(hand)).allMatch(card -> card >= 0 && card < deck);
    }

    @Test
    void dealsAllQueuesAboutEquallyOften() {
        int[] counts = new int[64];
        for (int i = 0; i < 10_000; i++) {
            for (int card : Hands.deal(Hands.hash("global-default", "user-" + i), 64, 6)) {
                counts[card]++;
            }
        }
        assertThat(IntStream.of(counts)).allMatch(count -> count > 700 && count < 1200);
    }
}
