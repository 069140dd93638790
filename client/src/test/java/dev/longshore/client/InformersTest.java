package dev.longshore.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.ManualTime;
import dev.longshore.http.Response;
import dev.longshore.model.UserInfo;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import org.junit.jupiter.api.Test;

class InformersTest {

    @Test
    void aTypeThatSomebodyReadsIsFoundByItsNameAndOthersAreNot() {
        try (var client = Clients.inProcess(
                        request -> Response.json(404, new byte[0]), UserInfo.of("somebody", UserInfo.MASTERS));
                var informers = new Informers(client, new ManualTime())) {
            var pods = informers.of(Pod.class);

            assertThat(informers.known("v1", "Pod")).containsSame(pods);
            assertThat(informers.known("apps/v1", "ReplicaSet")).isEmpty();

            informers.of(ReplicaSet.class);

            assertThat(informers.known("apps/v1", "ReplicaSet")).isPresent();
            assertThat(informers.known("apps/v2", "ReplicaSet")).isEmpty();
        }
    }
}
