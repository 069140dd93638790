package dev.longshore.journeys;

import static dev.longshore.journeys.RunningCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Images for pods out of a registry that wants to know who asks: with tokens, for alice and bob.
@Order(8)
@Tag("containers")
@ExtendWith(SharedCluster.class)
class PullJourneyTest {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @Test
    void imagesAreForThoseWhoMayHaveThem(RunningCluster cluster, @TempDir Path root) throws Exception {
        try (var registry = GuardedRegistry.open(root, "token")) {
            String image = registry.plain() + "/team/app:1";
            String digest = push(cluster, root, registry, image);
            secret(cluster, "wrong", registry, "nonsense");
            secret(cluster, "right", registry, "builder");
            cluster.kubectl("create", "serviceaccount", "puller").succeeded();
            cluster.kubectl("patch", "serviceaccount", "puller", "-p", "{\"imagePullSecrets\":[{\"name\":\"right\"}]}")
                    .succeeded();

            cluster.apply(pod("keyless", image, "IfNotPresent", "")
                    + pod("shouting", "UPPER:1", "IfNotPresent", "")
                    + pod("away", "127.0.0.1:9/nobody/home:1", "IfNotPresent", ""));
            eventually(PATIENCE, () -> {
                assertThat(waiting(cluster, "keyless", "message"))
                        .startsWith("Back-off pulling image \"" + image + "\": ErrImagePull: ")
                        .contains(registry.plain());
                assertThat(waiting(cluster, "shouting", "reason")).isEqualTo("InvalidImageName");
                assertThat(waiting(cluster, "shouting", "message"))
                        .isEqualTo("Failed to apply default image tag \"UPPER:1\": couldn't parse image name"
                                + " \"UPPER:1\": invalid reference format: repository name (library/UPPER) must be"
                                + " lowercase");
                assertThat(waiting(cluster, "away", "message"))
                        .contains(": RegistryUnavailable: image pull failed for 127.0.0.1:9/nobody/home:1 because the"
                                + " registry is unavailable: ");
            });
            assertThat(events(cluster, "keyless"))
                    .contains(
                            "Normal Pulling Pulling image \"" + image + "\"",
                            "Warning Failed Error: ErrImagePull",
                            "Normal BackOff Back-off pulling image \"" + image + "\"",
                            "Warning Failed Error: ImagePullBackOff");

            // The second secret opens it; digests pin it; a service account brings its own secret.
            String secrets = ", imagePullSecrets: [{name: wrong}, {name: right}, {name: absent}]";
            cluster.apply(pod("keyed", image, "Always", secrets + ofImage(image))
                            .replace("command:", "volumeMounts: [{name: files, mountPath: /image}], command:")
                    + pod("pinned", registry.plain() + "/team/app:1@" + digest, "IfNotPresent", secrets)
                    + pod(
                            "account",
                            registry.plain() + "/team/app@" + digest,
                            "IfNotPresent",
                            ", serviceAccountName: puller"));
            cluster.kubectl("wait", "pod/keyed", "pod/pinned", "pod/account", "--for=condition=Ready", "--timeout=90s")
                    .succeeded();
            eventually(
                    PATIENCE,
                    () -> assertThat(events(cluster, "keyed"))
                            .containsPattern("Normal Pulled Successfully pulled image \"" + image
                                    + "\" in \\S+ \\(\\S+ including waiting\\)\\. Image size: \\d+ bytes\\.")
                            .contains(
                                    "Warning FailedToRetrieveImagePullSecret Unable to retrieve some image pull secrets"
                                            + " (absent); attempting to pull the image may not succeed."));
            assertThat(cluster.kubectl("exec", "keyed", "--", "ls", "/image/bin/sh")
                            .succeeded()
                            .out())
                    .isEqualTo("/image/bin/sh\n");
            assertThat(cluster.get("pod pinned", "{.status.containerStatuses[0].imageID}"))
                    .endsWith("/team/app@" + digest);

            // Now it is here, and still only for those who have what opened it.
            cluster.apply(pod("sly", image, "Never", "")
                    + pod("slyer", image, "IfNotPresent", "")
                    + pod("friend", image, "Never", ", imagePullSecrets: [{name: right}]"));
            cluster.kubectl("wait", "pod/friend", "--for=condition=Ready", "--timeout=90s")
                    .succeeded();
            eventually(
                    PATIENCE,
                    () -> assertThat(events(cluster, "friend"))
                            .contains("Normal Pulled Container image \"" + image
                                    + "\" already present on machine and can be accessed by the pod"));
            eventually(PATIENCE, () -> {
                assertThat(waiting(cluster, "sly", "reason")).isEqualTo("ErrImageNeverPull");
                assertThat(waiting(cluster, "sly", "message"))
                        .isEqualTo("Container image \"" + image + "\" is not present with pull policy of Never");
                assertThat(waiting(cluster, "slyer", "reason")).isIn("ErrImagePull", "ImagePullBackOff");
            });
            cluster.kubectl("delete", "pod", "-l", "app=pull", "--grace-period=0", "--force")
                    .succeeded();
        }
    }

    private static String push(RunningCluster cluster, Path root, GuardedRegistry registry, String image) {
        String configuration = root.resolve("docker").toString();
        cluster.docker("tag", "longshore.local/busybox", image).succeeded();
        cluster.docker("--config", configuration, "login", "-u", "alice", "-p", "wonder", registry.plain())
                .succeeded();
        String pushed = cluster.docker("--config", configuration, "push", image)
                .succeeded()
                .out();
        cluster.docker("rmi", image).succeeded();
        return pushed.replaceAll("(?s).*digest: (sha256:[0-9a-f]{64}).*", "$1");
    }

    private static void secret(RunningCluster cluster, String name, GuardedRegistry registry, String password) {
        cluster.kubectl(
                        "create",
                        "secret",
                        "docker-registry",
                        name,
                        "--docker-server=" + registry.plain(),
                        "--docker-username=bob",
                        "--docker-password=" + password)
                .succeeded();
    }

    private static String pod(String name, String image, String policy, String more) {
        return """
                apiVersion: v1
                kind: Pod
                metadata: {name: %s, labels: {app: pull}}
                spec: {terminationGracePeriodSeconds: 0, containers: [{name: main, image: "%s", imagePullPolicy: %s, command: [sleep, "100000"]}]%s}
                ---
                """.formatted(name, image, policy, more);
    }

    /// A volume that is pulled each time.
    private static String ofImage(String image) {
        return ", volumes: [{name: files, image: {reference: \"%s\", pullPolicy: Always}}]".formatted(image);
    }

    private static String waiting(RunningCluster cluster, String pod, String field) {
        return cluster.get("pod " + pod, "{.status.containerStatuses[0].state.waiting." + field + "}");
    }

    private static String events(RunningCluster cluster, String pod) {
        return cluster.get(
                "events --field-selector involvedObject.name=" + pod,
                "{range .items[*]}{.type} {.reason} {.message}{\"\\n\"}{end}");
    }
}
