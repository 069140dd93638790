package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.longshore.base.Yaml;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.policy.v1.Eviction;
import io.fabric8.kubernetes.api.model.policy.v1.EvictionBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/// The lives of disruption budgets and CronJobs as objects, and what the former hold up.
@ExtendWith(HollowShared.class)
@Order(28)
class BudgetJourneyTest {

    private static final String POD = "{apiVersion: v1, kind: Pod, metadata: {name: NAME, labels: {app: web}}, spec:"
            + " {terminationGracePeriodSeconds: 0, containers: [{name: main, image: web}]}}";
    private static final String BUDGET = "{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: web,"
            + " labels: {set: one}}, spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}}";

    @Test
    void aBudgetIsMadeReplacedPatchedAndDeletedAndSaysHowManyMayGo() {
        try (var namespace = HollowNamespace.fresh("pdb")) {
            var api = new RawApi(namespace.client());
            String path = "/apis/policy/v1/namespaces/" + namespace.name() + "/poddisruptionbudgets";
            for (String name : "one two three".split(" ")) {
                namespace.create(POD.replace("NAME", name), Pod.class);
            }
            namespace.create(BUDGET, PodDisruptionBudget.class);
            soon(() -> isAllowed(namespace, 2));

            api.replace(path + "/web", budget -> {
                budget.withObject("/spec").put("minAvailable", 2);
                return budget;
            });
            soon(() -> isAllowed(namespace, 1));
            JsonNode patched = api.merge(path + "/web", "{\"spec\":{\"minAvailable\":3}}");
            assertThat(patched.at("/spec/minAvailable").asInt()).isEqualTo(3);
            soon(() -> isAllowed(namespace, 0));
            assertThat(namespace.stored(PodDisruptionBudget.class, "web").getStatus())
                    .satisfies(status -> {
                        assertThat(status.getExpectedPods()).isEqualTo(3);
                        assertThat(status.getCurrentHealthy()).isEqualTo(3);
                        assertThat(status.getDesiredHealthy()).isEqualTo(3);
                    });

            api.delete(path + "/web");
            assertThat(namespace.stored(PodDisruptionBudget.class, "web")).isNull();
        }
    }

    @Test
    void anEvictionIsRefusedUntilTheBudgetAllowsIt() {
        try (var namespace = HollowNamespace.fresh("evict")) {
            namespace.create(POD.replace("NAME", "one"), Pod.class);
            assertThatThrownBy(() -> evict(namespace, "absent"))
                    .isInstanceOfSatisfying(
                            KubernetesClientException.class,
                            refused -> assertThat(refused.getCode()).isEqualTo(404));
            namespace.create(BUDGET, PodDisruptionBudget.class);
            soon(() -> assertThat(namespace
                            .stored(PodDisruptionBudget.class, "web")
                            .getStatus()
                            .getCurrentHealthy())
                    .isEqualTo(1));

            assertThatThrownBy(() -> evict(namespace, "one"))
                    .isInstanceOfSatisfying(KubernetesClientException.class, refused -> {
                        assertThat(refused.getCode()).isEqualTo(429);
                        assertThat(refused.getStatus().getMessage())
                                .isEqualTo("Cannot evict pod as it would violate the pod's disruption budget.");
                        assertThat(refused.getStatus().getDetails().getCauses())
                                .singleElement()
                                .satisfies(
                                        cause -> assertThat(cause.getReason()).isEqualTo("DisruptionBudget"));
                    });
            assertThat(namespace.stored(Pod.class, "one").getMetadata().getDeletionTimestamp())
                    .isNull();

            new RawApi(namespace.client())
                    .merge(
                            "/apis/policy/v1/namespaces/" + namespace.name() + "/poddisruptionbudgets/web",
                            "{\"spec\":{\"minAvailable\":0}}");
            soon(() -> isAllowed(namespace, 1));
            evict(namespace, "one");
            soon(() -> assertThat(namespace.pods()).isEmpty());
        }
    }

    @Test
    void aCronJobIsReadChangedAndDeletedAndItsStatusIsWrittenApart() {
        try (var namespace = HollowNamespace.fresh("cronapi")) {
            var api = new RawApi(namespace.client());
            String path = "/apis/batch/v1/namespaces/" + namespace.name() + "/cronjobs";
            String manifest =
                    "{apiVersion: batch/v1, kind: CronJob, metadata: {name: NAME, labels: {set: one}}, spec: {schedule:"
                            + " '0 0 1 1 *', concurrencyPolicy: Allow, jobTemplate: {spec: {template: {spec:"
                            + " {restartPolicy: OnFailure, containers: [{name: main, image: work}]}}}}}}";
            namespace.create(manifest.replace("NAME", "tick"), CronJob.class);
            api.post(path, Yaml.parse(manifest.replace("NAME", "tock")));
            assertThat(api.get("/apis/batch/v1/cronjobs?labelSelector=set=one")
                            .path("items")
                            .valueStream())
                    .extracting(cron -> cron.at("/metadata/name").asString())
                    .contains("tick", "tock");

            assertThat(api.merge(path + "/tick", "{\"metadata\":{\"annotations\":{\"patched\":\"true\"}}}")
                            .at("/metadata/annotations/patched")
                            .asString())
                    .isEqualTo("true");
            assertThat(api.replace(path + "/tick", cron -> {
                                cron.withObject("/spec").put("schedule", "0 0 2 2 *");
                                return cron;
                            })
                            .at("/spec/schedule")
                            .asString())
                    .isEqualTo("0 0 2 2 *");

            JsonNode status = api.merge(
                    path + "/tick/status",
                    "{\"metadata\":{\"annotations\":{\"patchedstatus\":\"true\"}},\"status\":{\"lastScheduleTime\":\"2026-01-01T00:00:00Z\"}}");
            assertThat(status.at("/status/lastScheduleTime").asString()).isEqualTo("2026-01-01T00:00:00Z");
            assertThat(status.at("/metadata/annotations/patchedstatus").asString())
                    .isEqualTo("true");
            JsonNode replaced = api.replace(path + "/tick/status", cron -> {
                cron.withObject("/status").put("lastScheduleTime", "2026-01-02T00:00:00Z");
                cron.withObject("/spec").put("schedule", "ignored");
                return cron;
            });
            assertThat(replaced.at("/status/lastScheduleTime").asString()).isEqualTo("2026-01-02T00:00:00Z");
            assertThat(api.get(path + "/tick/status").at("/spec/schedule").asString())
                    .isEqualTo("0 0 2 2 *");

            api.delete(path + "/tick");
            assertThat(namespace.stored(CronJob.class, "tick")).isNull();
            api.delete(path + "?labelSelector=set=one");
            soon(() -> assertThat(api.get(path).path("items")).isEmpty());
        }
    }

    private static void evict(HollowNamespace namespace, String pod) {
        Eviction eviction = new EvictionBuilder()
                .withNewMetadata()
                .withNamespace(namespace.name())
                .withName(pod)
                .endMetadata()
                .build();
        namespace
                .client()
                .raw("/api/v1/namespaces/" + namespace.name() + "/pods/" + pod + "/eviction", "POST", eviction);
    }

    private static void isAllowed(HollowNamespace namespace, int disruptions) {
        PodDisruptionBudget budget = namespace.stored(PodDisruptionBudget.class, "web");
        assertThat(budget.getStatus().getObservedGeneration())
                .isEqualTo(budget.getMetadata().getGeneration());
        assertThat(budget.getStatus().getDisruptionsAllowed()).isEqualTo(disruptions);
    }

    private static void soon(ThrowingRunnable assertion) {
        await().atMost(HollowNamespace.PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(assertion);
    }
}
