package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// Claims and the volumes that they get.
@ExtendWith(HollowShared.class)
@ParameterizedClass
@MethodSource("dev.longshore.journeys.Kubectl#both")
@Order(18)
record StorageJourneyTest(Kubectl anywhere) {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final String VOLUME = """
            apiVersion: v1
            kind: PersistentVolume
            metadata: {name: %s}
            spec:
              capacity: {storage: %s}
              accessModes: [ReadWriteOnce]
              storageClassName: %s
              hostPath: {path: /tmp/none}
            """;
    private static final String CLAIM = """
            apiVersion: v1
            kind: PersistentVolumeClaim
            metadata: {name: data}
            spec:
              accessModes: [ReadWriteOnce]
              resources: {requests: {storage: %s}}
              %s
            """;
    private static final String POD = """
            apiVersion: v1
            kind: Pod
            metadata: {name: user}
            spec:
              containers: [{name: main, image: nginx, volumeMounts: [{name: data, mountPath: /data}]}]
              volumes: [{name: data, %s}]
            """;

    @Test
    void aClaimGetsTheSmallestVolumeThatFitsAndLeavesItReleased() {
        Kubectl kubectl = anywhere.fresh("claim");
        String type = kubectl.namespace();
        kubectl.okWith(VOLUME.formatted(type + "-small", "1Gi", type), "create");
        kubectl.okWith(VOLUME.formatted(type + "-large", "9Gi", type), "create");
        kubectl.okWith(VOLUME.formatted(type + "-fits", "5Gi", type), "create");
        becomes(kubectl, "pv " + type + "-fits", "{.status.phase}", "Available");

        kubectl.okWith(CLAIM.formatted("2Gi", "storageClassName: " + type), "create");
        becomes(
                kubectl,
                "pvc data",
                "{.status.phase} {.spec.volumeName} {.status.capacity.storage}",
                "Bound " + type + "-fits 5Gi");
        becomes(kubectl, "pv " + type + "-fits", "{.status.phase}", "Bound");
        assertThat(kubectl.run(
                                "patch",
                                "pvc",
                                "data",
                                "-p",
                                "{\"spec\":{\"resources\":{\"requests\":{\"storage\":\"6Gi\"}}}}")
                        .failed()
                        .err())
                .contains("only dynamically provisioned pvc can be resized");

        kubectl.ok("delete", "pvc", "data", "--timeout=60s");
        becomes(kubectl, "pv " + type + "-fits", "{.status.phase}", "Released");
        kubectl.ok("delete", "pv", type + "-fits", type + "-small", type + "-large", "--timeout=60s");
    }

    @Test
    void aClaimThatWaitsForItsPodGetsADirectoryOfThatPodsNode() {
        Kubectl kubectl = anywhere.fresh("local");
        kubectl.okWith(CLAIM.formatted("1Gi", ""), "create");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(kubectl.ok("describe", "pvc", "data"))
                        .contains("WaitForFirstConsumer", "waiting for first consumer to be created before binding"));
        assertThat(kubectl.value("pvc data", "{.spec.storageClassName}")).isEqualTo("local-path");

        kubectl.okWith(POD.formatted("persistentVolumeClaim: {claimName: data}"), "create");
        becomes(kubectl, "pvc data", "{.status.phase}", "Bound");
        String volume = kubectl.value("pvc data", "{.spec.volumeName}");
        assertThat(kubectl.value(
                        "pv " + volume,
                        "{.spec.nodeAffinity.required.nodeSelectorTerms[0].matchExpressions[0].values[0]}"))
                .isEqualTo(kubectl.value("pod user", "{.spec.nodeName}"));
        assertThat(kubectl.value("pv " + volume, "{.spec.hostPath.path}")).endsWith("/" + volume);

        kubectl.ok("delete", "pvc", "data", "--wait=false");
        assertThat(kubectl.ok("get", "pvc", "data")).contains("Terminating");
        kubectl.ok("delete", "pod", "user", "--force", "--grace-period=0");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(kubectl.ok("get", "pvc,pv", "-o", "name"))
                        .doesNotContain("data")
                        .doesNotContain(volume));
    }

    @Test
    void aPodsOwnVolumeComesAndGoesWithIt() {
        Kubectl kubectl = anywhere.fresh("ephemeral");
        kubectl.okWith(
                POD.formatted("ephemeral: {volumeClaimTemplate: {spec: {accessModes: [ReadWriteOnce],"
                        + " resources: {requests: {storage: 1Gi}}}}}"),
                "create");
        becomes(kubectl, "pvc user-data", "{.status.phase} {.metadata.ownerReferences[0].name}", "Bound user");

        kubectl.ok("delete", "pod", "user", "--force", "--grace-period=0");
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(kubectl.ok("get", "pvc", "-o", "name")).isEmpty());
    }

    private static void becomes(Kubectl kubectl, String what, String path, String value) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(
                                kubectl.run("get", what.split(" ")[0], what.split(" ")[1], "-o", "jsonpath=" + path)
                                        .out())
                        .isEqualTo(value));
    }
}
