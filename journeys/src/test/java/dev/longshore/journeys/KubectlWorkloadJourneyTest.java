package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// Running applications with `kubectl`: `scale`, `autoscale`, `set`, `rollout`, `expose`, `describe`, `events`,
/// nodes.
@ExtendWith(HollowShared.class)
@ParameterizedClass
@MethodSource("dev.longshore.journeys.Kubectl#both")
@Order(14)
record KubectlWorkloadJourneyTest(Kubectl anywhere) {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void scaleAutoscaleAndSet() {
        Kubectl kubectl = withDeployment("set");

        assertThat(kubectl.ok("scale", "deployment/web", "--replicas=2", "--current-replicas=1"))
                .isEqualTo("deployment.apps/web scaled\n");
        assertThat(kubectl.fails("scale", "deployment/web", "--replicas=3", "--current-replicas=7"))
                .contains("Expected replicas to be 7, was 2");
        assertThat(kubectl.ok("autoscale", "deployment", "web", "--min=1", "--max=5", "--cpu-percent=50"))
                .isEqualTo("horizontalpodautoscaler.autoscaling/web autoscaled\n");
        assertThat(kubectl.ok("get", "hpa", "web", "--no-headers")).contains("Deployment/web", "/50%", " 1 ", " 5 ");
        assertThat(kubectl.ok("set", "image", "deployment/web", "nginx=nginx:2"))
                .isEqualTo("deployment.apps/web image updated\n");
        assertThat(kubectl.ok("set", "env", "deployment/web", "A=b")).isEqualTo("deployment.apps/web env updated\n");
        assertThat(kubectl.ok("set", "env", "deployment/web", "--list")).contains("A=b");
        assertThat(kubectl.ok("set", "resources", "deployment/web", "--limits=cpu=200m", "--requests=cpu=100m"))
                .isEqualTo("deployment.apps/web resource requirements updated\n");
        kubectl.ok("create", "serviceaccount", "robot");
        assertThat(kubectl.ok("set", "serviceaccount", "deployment", "web", "robot"))
                .isEqualTo("deployment.apps/web serviceaccount updated\n");
        kubectl.ok("create", "service", "clusterip", "ip", "--tcp=80");
        assertThat(kubectl.ok("set", "selector", "service", "ip", "app=web"))
                .isEqualTo("service/ip selector updated\n");
        assertThat(kubectl.value(
                        "deployment web",
                        "{.spec.template.spec.containers[0].image} {.spec.template.spec.containers[0].resources}"
                                + " {.spec.template.spec.serviceAccountName} {.spec.template.spec.serviceAccount}"))
                .isEqualTo("nginx:2 {\"limits\":{\"cpu\":\"200m\"},\"requests\":{\"cpu\":\"100m\"}} robot robot");
    }

    @Test
    void rolloutsAreFollowedPausedAndUndone() {
        Kubectl kubectl = withDeployment("rollout");
        kubectl.ok("set", "image", "deployment/web", "nginx=nginx:2");
        assertThat(kubectl.ok("rollout", "status", "deployment/web", "--timeout=60s"))
                .endsWith("deployment \"web\" successfully rolled out\n");

        assertThat(kubectl.ok("rollout", "history", "deployment/web")).contains("REVISION  CHANGE-CAUSE", "1 ", "2 ");
        assertThat(kubectl.ok("rollout", "history", "deployment/web", "--revision=2"))
                .contains("Image:\tnginx:2");
        assertThat(kubectl.ok("rollout", "pause", "deployment/web")).isEqualTo("deployment.apps/web paused\n");
        assertThat(kubectl.fails("rollout", "restart", "deployment/web")).contains("can't restart paused deployment");
        assertThat(kubectl.ok("rollout", "resume", "deployment/web")).isEqualTo("deployment.apps/web resumed\n");
        assertThat(kubectl.ok("rollout", "undo", "deployment/web")).isEqualTo("deployment.apps/web rolled back\n");
        kubectl.ok("rollout", "status", "deployment/web", "--timeout=60s");
        assertThat(kubectl.value("deployment web", "{.spec.template.spec.containers[0].image}"))
                .isEqualTo("nginx");
        assertThat(kubectl.ok("rollout", "restart", "deployment/web")).isEqualTo("deployment.apps/web restarted\n");
        kubectl.ok("rollout", "status", "deployment/web", "--timeout=60s");
    }

    @Test
    void describeTellsOfEachKind() {
        Kubectl kubectl = withDeployment("describe");
        kubectl.ok("create", "service", "clusterip", "ip", "--tcp=80");
        kubectl.ok("create", "cronjob", "often", "--image=busybox", "--schedule=0 * * * *", "--", "true");

        await("the events, which come a moment later")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(kubectl.ok("describe", "deployment", "web"))
                        .contains(
                                "StrategyType:           RollingUpdate", "ScalingReplicaSet", "NewReplicaSet:   web-"));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(kubectl.ok("describe", "pods", "-l", "app=web"))
                        .contains(
                                "Controlled By:  ReplicaSet/web-",
                                "Scheduled",
                                "QoS Class:",
                                "node.kubernetes.io/not-ready"));
        assertThat(kubectl.ok("describe", "service", "ip")).contains("Session Affinity:", "Port:");
        assertThat(kubectl.ok("describe", "node", "node-1"))
                .contains("Capacity:", "Allocated resources:", "KubeletReady");
        assertThat(kubectl.ok("describe", "namespace", kubectl.namespace())).contains("Status:       Active");
        assertThat(kubectl.ok("describe", "cronjob", "often")).contains("Schedule:                      0 * * * *");
        assertThat(kubectl.ok("describe", "serviceaccount", "default")).contains("Mountable secrets:");
    }

    @Test
    void eventsAreShownForOneObjectAndSorted() {
        Kubectl kubectl = withDeployment("events");

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(kubectl.ok("events", "--for", "deployment/web", "--no-headers"))
                        .containsPattern("Normal +ScalingReplicaSet +Deployment/web +Scaled up replica set web-"));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(kubectl.ok("get", "events", "--sort-by=.metadata.creationTimestamp")
                                .lines())
                        .hasSizeGreaterThan(3)
                        .first()
                        .asString()
                        .matches("LAST SEEN +TYPE +REASON +OBJECT +MESSAGE"));
        assertThat(kubectl.ok(
                                "get",
                                "events",
                                "--field-selector=involvedObject.kind=Deployment,reason=ScalingReplicaSet",
                                "-o",
                                "name")
                        .lines())
                .hasSize(1);
        assertThat(kubectl.ok(
                        "get",
                        "events.events.k8s.io",
                        "--field-selector=regarding.kind=Deployment",
                        "-o",
                        "jsonpath={.items[0].note}"))
                .startsWith("Scaled up replica set web-");
        assertThat(kubectl.run("events", "--types=Warning").succeeded().all()).contains("No events found");
    }

    @Test
    void nodesAreTaintedCordonedAndDrained() {
        Kubectl kubectl = withDeployment("drain");
        String mine = "drained=" + kubectl.namespace();
        kubectl.ok("label", "pods", "-l", "app=web", mine);

        assertThat(anywhere.ok("taint", "node", "node-2", "key=value:PreferNoSchedule"))
                .isEqualTo("node/node-2 tainted\n");
        assertThat(anywhere.ok("taint", "node", "node-2", "key-")).isEqualTo("node/node-2 untainted\n");
        assertThat(anywhere.ok("cordon", "node-2")).isEqualTo("node/node-2 cordoned\n");
        try {
            assertThat(anywhere.ok("get", "node", "node-2", "--no-headers")).contains("Ready,SchedulingDisabled");
            assertThat(anywhere.ok(
                            "drain",
                            "node-2",
                            "--pod-selector=" + mine,
                            "--ignore-daemonsets",
                            "--force",
                            "--timeout=60s"))
                    .endsWith("node/node-2 drained\n");
            kubectl.ok("rollout", "status", "deployment/web", "--timeout=60s");
            assertThat(kubectl.value("pods -l app=web", "{.items[*].spec.nodeName}"))
                    .isEqualTo("node-1");
        } finally {
            assertThat(anywhere.ok("uncordon", "node-2")).isEqualTo("node/node-2 uncordoned\n");
        }
    }

    @Test
    void setsOfBothKindsAreRolledOut() {
        Kubectl kubectl = anywhere.fresh("sets");
        for (String kind : "StatefulSet DaemonSet".split(" ")) {
            String set = kind.toLowerCase(Locale.ROOT) + "/it";
            String spoken = kind.toLowerCase(Locale.ROOT) + ".apps/it";
            kubectl.okWith("""
                    apiVersion: apps/v1
                    kind: %s
                    metadata: {name: it}
                    spec:
                      selector: {matchLabels: {app: it-%1$s}}
                      template:
                        metadata: {labels: {app: it-%1$s}}
                        spec: {terminationGracePeriodSeconds: 0, containers: [{name: main, image: 'nginx:1'}]}
                    """.formatted(kind), "create");
            kubectl.ok("rollout", "status", set, "--timeout=60s");
            assertThat(kubectl.ok("set", "image", set, "main=nginx:2")).isEqualTo(spoken + " image updated\n");
            assertThat(kubectl.ok("rollout", "status", set, "--timeout=60s"))
                    .contains(kind.equals("DaemonSet") ? "successfully rolled out" : "roll out complete: 1 new pods");
            assertThat(kubectl.value("pods -l app=it-" + kind, "{.items[*].spec.containers[0].image}"))
                    .contains("nginx:2")
                    .doesNotContain("nginx:1");
            assertThat(kubectl.ok("rollout", "history", set)).contains("REVISION  CHANGE-CAUSE", "1 ", "2 ");
            assertThat(kubectl.ok("rollout", "undo", set)).isEqualTo(spoken + " rolled back\n");
            kubectl.ok("rollout", "status", set, "--timeout=60s");
            assertThat(kubectl.value(set, "{.spec.template.spec.containers[0].image}"))
                    .isEqualTo("nginx:1");
            assertThat(kubectl.ok("rollout", "restart", set)).isEqualTo(spoken + " restarted\n");
            kubectl.ok("rollout", "status", set, "--timeout=60s");
        }
    }

    @Test
    void eventsAreWatched() throws IOException, InterruptedException {
        Kubectl kubectl = withDeployment("eventwatch");
        Process watch = kubectl.start("events", "--watch", "--no-headers");
        var seen = new ConcurrentLinkedQueue<String>();
        try (var lines = watch.inputReader()) {
            var reader = Thread.ofVirtual().start(() -> lines.lines().forEach(seen::add));
            await().atMost(PATIENCE).until(() -> !seen.isEmpty());
            kubectl.ok("scale", "deployment/web", "--replicas=2");

            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(seen)
                            .anySatisfy(line -> assertThat(line)
                                    .containsPattern("ScalingReplicaSet +Deployment/web +.* from 1 to 2")));
            watch.destroy();
            reader.join(Duration.ofSeconds(10));
        } finally {
            watch.destroy();
            watch.waitFor(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void accessIsAskedForAndTold() {
        Kubectl kubectl = anywhere.fresh("access");
        kubectl.ok("create", "role", "reader", "--verb=get,list", "--resource=pods");
        kubectl.ok("create", "rolebinding", "readers", "--role=reader", "--user=ann");

        assertThat(kubectl.ok("set", "subject", "rolebinding", "readers", "--user=bob"))
                .isEqualTo("rolebinding.rbac.authorization.k8s.io/readers subjects updated\n");
        assertThat(kubectl.value("rolebinding readers", "{.subjects[*].name}")).isEqualTo("ann bob");

        assertThat(kubectl.ok("auth", "can-i", "list", "pods", "--as=bob")).isEqualTo("yes\n");
        assertThat(kubectl.ok("auth", "can-i", "delete", "pods")).isEqualTo("yes\n");
        assertThat(kubectl.ok("auth", "can-i", "list", "pods", "--as=ann")).isEqualTo("yes\n");
        assertThat(kubectl.run("auth", "can-i", "create", "pods", "--as=ann")
                        .failed()
                        .out())
                .isEqualTo("no\n");
        assertThat(kubectl.ok("auth", "can-i", "--list", "--as=ann").lines().map(line -> line.replaceAll(" +", " ")))
                .contains("pods [] [] [get list]");
        assertThat(kubectl.fails("get", "secrets", "--as=ann"))
                .isEqualTo("Error from server (Forbidden): secrets is forbidden: User \"ann\" cannot list resource"
                        + " \"secrets\" in API group \"\" in the namespace \"" + kubectl.namespace() + "\"\n");
        if (anywhere.version().equals("1.27")) {
            // It only knows the API's older versions, which are off, as elsewhere.
            assertThat(anywhere.fails("auth", "whoami")).contains("the selfsubjectreviews API is not enabled");
        } else {
            assertThat(anywhere.ok("auth", "whoami")).contains("Username", "system:masters");
            assertThat(anywhere.ok("auth", "whoami", "--as=ann", "--as-group=devs"))
                    .contains("ann", "[devs system:authenticated]");
        }
    }

    @Test
    void certificatesAreApprovedAndDenied() {
        Kubectl kubectl = anywhere.fresh("csr");
        String request = kubectl.shell()
                .run(
                        "sh",
                        "-c",
                        "openssl req -new -newkey rsa:2048 -nodes -subj /CN=ann -keyout /dev/null 2>/dev/null | base64 -w0")
                .succeeded()
                .out();
        for (String verdict : new String[] {"approve", "deny"}) {
            String name = verdict + "-" + kubectl.namespace();
            anywhere.okWith("""
                    apiVersion: certificates.k8s.io/v1
                    kind: CertificateSigningRequest
                    metadata: {name: %s}
                    spec: {request: %s, signerName: kubernetes.io/kube-apiserver-client, usages: [client auth]}
                    """.formatted(name, request), "create");
            assertThat(anywhere.ok("certificate", verdict, name))
                    .isEqualTo("certificatesigningrequest.certificates.k8s.io/%s %s\n"
                            .formatted(name, verdict.equals("deny") ? "denied" : "approved"));
            assertThat(anywhere.ok("get", "csr", name, "--no-headers"))
                    .contains(verdict.equals("deny") ? "Denied" : "Approved");
        }
    }

    private Kubectl withDeployment(String theme) {
        Kubectl kubectl = anywhere.fresh(theme);
        kubectl.ok("create", "deployment", "web", "--image=nginx");
        kubectl.ok("rollout", "status", "deployment/web", "--timeout=60s");
        return kubectl;
    }
}
