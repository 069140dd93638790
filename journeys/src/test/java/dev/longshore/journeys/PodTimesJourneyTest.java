package dev.longshore.journeys;

import static dev.longshore.journeys.MovedCluster.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What happens to pods and their tokens by the clock.
@ExtendWith(MovedCluster.class)
@Order(21)
class PodTimesJourneyTest {

    private static final String POD = """
            {apiVersion: v1, kind: Pod, metadata: {name: web, annotations: {ANNOTATIONS}},
              spec: {terminationGracePeriodSeconds: 1, containers: [{name: main, image: web}]}}
            """;

    private final MovedCluster cluster = MovedCluster.cluster();

    @Test
    void aContainerThatCrashesWaitsTwiceAsLongEachTimeUpToFiveMinutes() {
        try (var namespace = cluster.namespace("crashes")) {
            namespace.create(
                    POD.replace(
                            "ANNOTATIONS",
                            "longshore.dev/simulated-seconds: \"1\", longshore.dev/simulated-exit-code: \"3\""),
                    Pod.class);
            Map<Instant, Instant> runs = new TreeMap<>();

            cluster.passUntil(Duration.ofMinutes(25), () -> {
                note(namespace, runs);
                return runs.size() == 8;
            });

            List<Instant> starts = new ArrayList<>(runs.keySet());
            List<Instant> ends = new ArrayList<>(runs.values());
            long[] wanted = {0, 10, 20, 40, 80, 160, 300};
            for (int i = 0; i < wanted.length; i++) {
                assertThat(Duration.between(ends.get(i), starts.get(i + 1)).toSeconds())
                        .as("wait %d of %s", i, runs)
                        .isBetween(wanted[i] - 1, wanted[i] + 25);
            }
            soon(() -> assertThat(namespace.told("web"))
                    .anyMatch(event -> event.startsWith("BackOff: Back-off restarting failed container main in pod")));
        }
    }

    /// The run that the pod says was its last, by its start.
    private static void note(HollowNamespace namespace, Map<Instant, Instant> runs) {
        for (var status : namespace.stored(Pod.class, "web").getStatus().getContainerStatuses()) {
            for (var state : List.of(status.getState(), status.getLastState())) {
                ContainerStateTerminated ended = state.getTerminated();
                if (ended != null) {
                    assertThat(ended.getExitCode()).isEqualTo(3);
                    runs.put(Instant.parse(ended.getStartedAt()), Instant.parse(ended.getFinishedAt()));
                }
            }
        }
    }

    @Test
    void aDisruptionThatDoesNotComeIsTakenBackAfterTwoMinutes() {
        try (var namespace = cluster.namespace("disrupted")) {
            namespace.create(POD.replace("ANNOTATIONS", ""), Pod.class);
            soon(() -> assertThat(namespace.stored(Pod.class, "web").getStatus().getPhase())
                    .isEqualTo("Running"));
            namespace
                    .client()
                    .pods()
                    .inNamespace(namespace.name())
                    .withName("web")
                    .editStatus(pod -> new PodBuilder(pod)
                            .editStatus()
                            .addNewCondition()
                            .withType("DisruptionTarget")
                            .withStatus("True")
                            .withReason("EvictionByEvictionAPI")
                            .withLastTransitionTime(cluster.now().toString())
                            .endCondition()
                            .endStatus()
                            .build());
            Instant said = cluster.now();
            cluster.pass(Duration.ofSeconds(90));
            assertThat(disruption(namespace).getStatus()).isEqualTo("True");

            cluster.passUntil(
                    Duration.ofMinutes(2),
                    () -> disruption(namespace).getStatus().equals("False"));

            assertThat(Duration.between(
                            said, Instant.parse(disruption(namespace).getLastTransitionTime())))
                    .isBetween(Duration.ofSeconds(119), Duration.ofSeconds(150));
        }
    }

    private static PodCondition disruption(HollowNamespace namespace) {
        return namespace.stored(Pod.class, "web").getStatus().getConditions().stream()
                .filter(condition -> condition.getType().equals("DisruptionTarget"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aTokenIsWorthNothingWhenItsTimeIsOver() {
        try (var namespace = cluster.namespace("token")) {
            TokenRequest request = namespace
                    .client()
                    .serviceAccounts()
                    .inNamespace(namespace.name())
                    .withName("default")
                    .tokenRequest(new TokenRequestBuilder()
                            .withNewSpec()
                            .withExpirationSeconds(600L)
                            .endSpec()
                            .build());
            Config admin = namespace.client().getConfiguration();
            Config config = new ConfigBuilder(Config.empty())
                    .withMasterUrl(admin.getMasterUrl())
                    .withCaCertData(admin.getCaCertData())
                    .withOauthToken(request.getStatus().getToken())
                    .build();
            try (KubernetesClient bearer =
                    new KubernetesClientBuilder().withConfig(config).build()) {
                assertThat(refusal(bearer, namespace))
                        .as("known, but without rights")
                        .isEqualTo(403);
                cluster.pass(Duration.ofSeconds(540));
                assertThat(refusal(bearer, namespace)).isEqualTo(403);

                cluster.passUntil(Duration.ofMinutes(2), () -> refusal(bearer, namespace) == 401);

                assertThat(cluster.now())
                        .isAfter(Instant.parse(request.getStatus().getExpirationTimestamp()));
            }
        }
    }

    private static int refusal(KubernetesClient client, HollowNamespace namespace) {
        try {
            client.pods().inNamespace(namespace.name()).list();
            return 200;
        } catch (KubernetesClientException refused) {
            return refused.getCode();
        }
    }
}
