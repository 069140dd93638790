package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.Time;
import dev.longshore.client.Clients;
import dev.longshore.journeys.everykind.LoneApi;
import dev.longshore.model.UserInfo;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What patches in text do for a controller whose role lets it patch nodes but not get them.
class PatchByNameTest {

    private static final PatchContext STRATEGIC = PatchContext.of(PatchType.STRATEGIC_MERGE);
    private static final String PATCH = "{\"metadata\":{\"annotations\":{\"example.com/a\":\"1\"}}}";
    private static final Node NODE =
            new NodeBuilder().withNewMetadata().withName("n1").endMetadata().build();

    private final LoneApi api = new LoneApi(Time.system());
    private final KubernetesClient admin = Clients.inProcess(api::handle, UserInfo.of("admin", UserInfo.MASTERS));
    private final KubernetesClient controller =
            Clients.inProcess(api::handleAsIs, UserInfo.serviceAccount("kube-system", "ttl-controller", ""));

    @BeforeEach
    void makeNode() {
        admin.resource(NODE).create();
    }

    @AfterEach
    void close() {
        controller.close();
        admin.close();
        api.close();
    }

    @Test
    void aPatchOfAnObjectInHandIsSentAsItIs() {
        controller.resource(NODE).patch(STRATEGIC, PATCH);

        assertThat(admin.nodes().withName("n1").get().getMetadata().getAnnotations())
                .containsEntry("example.com/a", "1");
    }

    @Test
    void aPatchByNameIsRefusedSinceTheClientReadsTheObjectFirst() {
        assertThatThrownBy(() -> controller.nodes().withName("n1").patch(STRATEGIC, PATCH))
                .hasMessageContaining("GET")
                .hasMessageContaining("cannot get resource \"nodes\" in API group \"\" at the cluster scope");
    }
}
