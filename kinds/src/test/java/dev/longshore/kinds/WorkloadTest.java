package dev.longshore.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.Resource;
import dev.longshore.model.Strategy;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

class WorkloadTest {

    private static final String DEPLOYMENT = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web, namespace: default, creationTimestamp: "2026-01-01T00:00:00Z"}
            spec:
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}}
                spec: {containers: [{name: web, image: "nginx:1"}]}
            """;
    private static final String JOB = """
            apiVersion: batch/v1
            kind: Job
            metadata: {name: once, namespace: default}
            spec:
              template:
                spec: {restartPolicy: Never, containers: [{name: web, image: "nginx:1"}]}
            """;

    private final Cluster cluster = new Cluster();

    @Test
    void deploymentsRollGently() {
        ObjectNode spec = cluster.read(DEPLOYMENT).object("spec");
        spec.remove(List.of("selector", "template"));

        assertThat(spec.toString())
                .isEqualTo("{\"replicas\":1,\"strategy\":{\"type\":\"RollingUpdate\",\"rollingUpdate\":"
                        + "{\"maxUnavailable\":\"25%\",\"maxSurge\":\"25%\"}},\"revisionHistoryLimit\":10,"
                        + "\"progressDeadlineSeconds\":600}");
    }

    @Test
    void selectorsMustPickTheTemplate() {
        assertThat(cluster.faults(DEPLOYMENT)).isEmpty();
        assertThat(cluster.faults(DEPLOYMENT.replace("metadata: {labels: {app: web}}", "metadata: {labels: {app: x}}")))
                .containsExactly(
                        "spec.template.metadata.labels: Invalid value: {\"app\":\"x\"}: `selector` does not match"
                                + " template `labels`");
        assertThat(cluster.faults(DEPLOYMENT.replace("selector: {matchLabels: {app: web}}", "replicas: 2")))
                .containsExactly(
                        "spec.selector: Required value",
                        "spec.template.metadata.labels: Invalid value: {\"app\":\"web\"}: `selector` does not match"
                                + " template `labels`");
    }

    @Test
    void selectorsStay() {
        Resource old = cluster.create(DEPLOYMENT);
        Resource now = cluster.read(DEPLOYMENT.replace("app: web", "app: other"));

        assertThat(cluster.faults(now, old))
                .containsExactly(
                        "spec.selector: Invalid value: {\"matchLabels\":{\"app\":\"other\"}}: field is immutable");
    }

    @Test
    void deploymentsAreShownAsKubectlShowsThem() {
        Resource web =
                cluster.read(DEPLOYMENT + "status: {readyReplicas: 1, updatedReplicas: 1, availableReplicas: 1}");

        assertThat(cluster.kindOf(web).table().cells(web, Instant.parse("2026-01-03T03:00:00Z")))
                .containsExactly("web", "1/1", 1L, 1L, "2d3h", "web", "nginx:1", "app=web");
    }

    @Test
    void statusAndMetadataMakeNoGeneration() {
        Resource old = cluster.create(DEPLOYMENT);
        Strategy strategy = cluster.kindOf(old).strategy();
        Resource labelled = old.copy();
        labelled.metadata().putObject("labels").put("a", "b");
        Resource scaled = old.copy();
        scaled.object("spec").put("replicas", 3);

        assertThat(strategy.isNewGeneration(labelled, old)).isFalse();
        assertThat(strategy.isNewGeneration(scaled, old)).isTrue();
    }

    @Test
    void jobsMarkTheirPods() {
        Resource job = cluster.create(JOB);

        assertThat(job.at("spec", "completions").asInt()).isEqualTo(1);
        assertThat(job.at("spec", "backoffLimit").asInt()).isEqualTo(6);
        assertThat(job.text("spec", "selector", "matchLabels", "batch.kubernetes.io/controller-uid"))
                .isEqualTo(job.uid())
                .isNotEmpty();
        assertThat(job.text("spec", "template", "metadata", "labels", "batch.kubernetes.io/job-name"))
                .isEqualTo("once");
    }

    @Test
    void jobsDoNotRestartForEver() {
        assertThat(cluster.faults(JOB.replace("restartPolicy: Never, ", "")))
                .containsExactly(
                        "spec.template.spec.restartPolicy: Required value: valid values: \"OnFailure\", \"Never\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "*/5 * * * * | ''",
                "0 3 1-7 jan,feb mon | ''",
                "@daily | ''",
                "* * * * | expected exactly 5 fields, found 4: [* * * *]",
                "60 * * * * | end of range (60) above maximum (59): 60",
                "* * 0 * * | beginning of range (0) below minimum (1): 0",
                "5-3 * * * * | beginning of range (5) beyond end of range (3): 5-3",
                "x * * * * | failed to parse int from x: strconv.Atoi: parsing \"x\": invalid syntax",
                "*/0 * * * * | step of range should be a positive number: */0"
            })
    void schedulesAreCronsFiveFields(String schedule, String fault) {
        List<String> faults = cluster.faults("""
                apiVersion: batch/v1
                kind: CronJob
                metadata: {name: tick, namespace: default}
                spec:
                  schedule: "%s"
                  jobTemplate:
                    spec:
                      template:
                        spec: {restartPolicy: Never, containers: [{name: web, image: "nginx:1"}]}
                """.formatted(schedule));

        if (fault.isEmpty()) {
            assertThat(faults).isEmpty();
        } else {
            assertThat(faults).containsExactly("spec.schedule: Invalid value: \"" + schedule + "\": " + fault);
        }
    }

    @Test
    void statefulSetsMayMountTheirClaims() {
        assertThat(cluster.faults("""
                apiVersion: apps/v1
                kind: StatefulSet
                metadata: {name: db, namespace: default}
                spec:
                  serviceName: db
                  selector: {matchLabels: {app: db}}
                  template:
                    metadata: {labels: {app: db}}
                    spec:
                      containers: [{name: db, image: "db:1", volumeMounts: [{name: data, mountPath: /data}]}]
                  volumeClaimTemplates:
                  - metadata: {name: data}
                    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
                """)).isEmpty();
    }

    @Test
    void autoscalersLoseNothingBetweenVersions() {
        Resource v2 = cluster.read("""
                apiVersion: autoscaling/v2
                kind: HorizontalPodAutoscaler
                metadata: {name: web, namespace: default}
                spec:
                  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
                  maxReplicas: 5
                  metrics:
                  - type: Resource
                    resource: {name: cpu, target: {type: Utilization, averageUtilization: 60}}
                  - type: Resource
                    resource: {name: memory, target: {type: AverageValue, averageValue: 100Mi}}
                  behavior: {scaleDown: {stabilizationWindowSeconds: 60}}
                """);
        Resource other = v2.copy();
        var conversion = cluster.kind("autoscaling/v1", "HorizontalPodAutoscaler")
                .storage()
                .conversion();
        conversion.convert(other, new GroupVersionKind("autoscaling", "v1", "HorizontalPodAutoscaler"));

        assertThat(other.at("spec", "targetCPUUtilizationPercentage").asInt()).isEqualTo(60);
        assertThat(other.at("spec", "metrics").isMissingNode()).isTrue();
        conversion.convert(other, v2.kind());
        assertThat(other).isEqualTo(v2);
        assertThat(cluster.kindOf(v2).table().cells(v2, Instant.EPOCH).get(2))
                .isEqualTo("cpu: <unknown>/60%, memory: <unknown>/100Mi");
    }

    @Test
    void eventsHaveTwoSpellings() {
        Resource core = cluster.read("""
                apiVersion: v1
                kind: Event
                metadata: {name: e, namespace: default}
                involvedObject: {kind: Pod, name: web, namespace: default}
                message: Hello
                reason: Started
                count: 2
                """);
        Resource other = core.copy();
        var conversion = cluster.kind("events.k8s.io/v1", "Event").storage().conversion();
        conversion.convert(other, new GroupVersionKind("events.k8s.io", "v1", "Event"));

        assertThat(other.text("note")).isEqualTo("Hello");
        assertThat(other.text("regarding", "name")).isEqualTo("web");
        conversion.convert(other, core.kind());
        assertThat(other.tree()).isEqualTo(core.tree());
    }

    @Test
    void secretsTakePlainTextOnceOnly() {
        Resource secret = cluster.read("""
                apiVersion: v1
                kind: Secret
                metadata: {name: s, namespace: default}
                stringData: {user: admin}
                """);

        assertThat(secret.at("data").toString()).isEqualTo("{\"user\":\"YWRtaW4=\"}");
        assertThat(secret.at("stringData").isMissingNode()).isTrue();
        assertThat(secret.text("type")).isEqualTo("Opaque");
    }
}
