package dev.longshore.journeys;

import static dev.longshore.journeys.HelloApplication.PATIENCE;
import static dev.longshore.journeys.RunningCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Points 3 and 4: what every Kubernetes lesson types.
@Order(2)
@ExtendWith(SharedCluster.class)
@Tag("containers")
class LessonsJourneyTest {

    @Test
    void thePodsAreRealContainersOfTheImageJustBuilt(RunningCluster cluster) {
        String pod = HelloApplication.in(cluster).pods().getFirst();

        assertThat(inside(cluster, pod, "hostname").strip()).isEqualTo(pod);
        assertThat(inside(cluster, pod, "cat /proc/1/cgroup")).contains("longshore");
        for (String namespace : new String[] {"pid", "net", "mnt", "ipc", "uts"}) {
            String ours = cluster.shell()
                    .run("readlink", "/proc/self/ns/" + namespace)
                    .out();
            assertThat(inside(cluster, pod, "readlink /proc/1/ns/" + namespace))
                    .as(namespace)
                    .isNotEqualTo(ours);
        }
        assertThat(inside(cluster, pod, "mount")).contains("overlay on / ");
    }

    @Test
    void theConfigMapIsThereAsVolumeAndAsEnvironment(RunningCluster cluster) {
        String pod = HelloApplication.in(cluster).pods().getFirst();
        String greeting = cluster.get("configmap hello", "{.data.greeting}");

        assertThat(greeting).isNotBlank();
        assertThat(inside(cluster, pod, "env")).contains(greeting);
        assertThat(inside(cluster, pod, "cat /etc/hello/motd")).contains("This line comes from a ConfigMap");
    }

    @Test
    void getShowsTheServersColumns(RunningCluster cluster) {
        HelloApplication.in(cluster);

        assertThat(cluster.kubectl("get", "pods").out()).containsPattern("NAME +READY +STATUS +RESTARTS +AGE");
        assertThat(cluster.kubectl("get", "pods", "-o", "wide").out()).contains("NODE", "IP", "READINESS GATES");
        assertThat(cluster.kubectl("get", "deployments").out()).containsPattern("hello +3/3 +3 +3");
        assertThat(cluster.kubectl("get", "svc,cm,nodes,rs,ep,ns").succeeded().out())
                .contains("service/hello", "configmap/hello", "Ready", "replicaset.apps/hello-", "endpoints/hello");
        assertThat(cluster.kubectl("get", "deploy", "hello", "-o", "yaml").out())
                .contains("kind: Deployment", "progressDeadlineSeconds: 600", "revisionHistoryLimit: 10");
    }

    @Test
    void describeTellsOfEventsAndConditions(RunningCluster cluster) {
        String pod = HelloApplication.in(cluster).pods().getFirst();

        eventually(
                PATIENCE,
                () -> assertThat(cluster.kubectl("describe", "pod", pod)
                                .succeeded()
                                .out())
                        .contains("Scheduled", "Container started", "Liveness:", "Readiness:", "ContainersReady"));
        eventually(
                PATIENCE,
                () -> assertThat(cluster.kubectl("describe", "deployment", "hello")
                                .succeeded()
                                .out())
                        .contains("ScalingReplicaSet"));
        assertThat(cluster.kubectl("describe", "node").succeeded().out()).contains("Capacity:", "KubeletReady");
        assertThat(cluster.kubectl("describe", "service", "hello").succeeded().out())
                .contains("Endpoints:");
    }

    @Test
    void logsAreFollowed(RunningCluster cluster) throws IOException, InterruptedException {
        cluster.apply(pod("talker", "i=0; while true; do i=$((i+1)); echo line $i; sleep 0.2; done"));
        isReady(cluster, "talker");
        Process follow = cluster.shell().start("kubectl", "logs", "-f", "talker");
        try (var lines = new BufferedReader(new InputStreamReader(follow.getInputStream()))) {
            assertThat(lines.readLine()).isEqualTo("line 1");
            for (int i = 2; i < 20; i++) {
                assertThat(lines.readLine()).isEqualTo("line " + i);
            }
        } finally {
            follow.destroy();
            follow.waitFor(10, TimeUnit.SECONDS);
        }
        assertThat(cluster.kubectl("logs", "talker", "--tail=1")
                        .succeeded()
                        .out()
                        .lines())
                .hasSize(1);
        cluster.kubectl("delete", "pod", "talker", "--grace-period=1").succeeded();
    }

    @Test
    void execPassesInputOutputAndExitCode(RunningCluster cluster) {
        String pod = HelloApplication.in(cluster).pods().getFirst();

        assertThat(cluster.kubectlWith("from outside\n", "exec", "-i", pod, "--", "cat")
                        .succeeded()
                        .out())
                .isEqualTo("from outside\n");
        assertThat(cluster.kubectl("exec", pod, "--", "sh", "-c", "echo oops >&2; exit 7")
                        .exit())
                .isEqualTo(7);
        assertThat(cluster.kubectl("exec", pod, "--", "sh", "-c", "echo oops >&2")
                        .err())
                .contains("oops");
    }

    @Test
    void execWithATerminalIsATerminal(RunningCluster cluster) {
        String pod = HelloApplication.in(cluster).pods().getFirst();

        Ran session = cluster.shell()
                .runWith(
                        "",
                        "script",
                        "-qec",
                        "kubectl exec -it " + pod + " -- sh -c 'test -t 0 && test -t 1 && echo a-terminal; tty'",
                        "/dev/null");

        assertThat(session.all()).contains("a-terminal", "/dev/");
    }

    @Test
    void portForwardLeadsToThePod(RunningCluster cluster) throws IOException, InterruptedException {
        String pod = HelloApplication.in(cluster).pods().getFirst();
        Process forward = cluster.shell().start("kubectl", "port-forward", "pod/" + pod, ":8080");
        try (var lines = new BufferedReader(new InputStreamReader(forward.getInputStream()))) {
            String said = lines.readLine();
            assertThat(said).startsWith("Forwarding from 127.0.0.1:");
            String port = said.replaceFirst(".*127.0.0.1:(\\d+) .*", "$1");
            for (int i = 0; i < 5; i++) {
                assertThat(cluster.shell()
                                .run("curl", "-sf", "http://127.0.0.1:" + port + "/")
                                .succeeded()
                                .out())
                        .contains(pod);
            }
        } finally {
            forward.destroy();
            forward.waitFor(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void everyKubectlOnThisMachineSpeaksWithTheCluster(RunningCluster cluster) {
        String pod = HelloApplication.in(cluster).pods().getFirst();
        for (String kubectl : cluster.shell().kubectls()) {
            assertThat(cluster.shell().run(kubectl, "get", "pods").succeeded().out())
                    .as(kubectl)
                    .contains(pod);
            assertThat(cluster.shell()
                            .run(kubectl, "exec", pod, "--", "echo", "hi")
                            .succeeded()
                            .out())
                    .as(kubectl)
                    .isEqualTo("hi\n");
            assertThat(cluster.shell()
                            .run(kubectl, "explain", "pod.spec.containers")
                            .succeeded()
                            .out())
                    .as(kubectl)
                    .contains("imagePullPolicy");
        }
    }

    @Test
    void labelScaleAndEditChangeWhatRuns(RunningCluster cluster) {
        cluster.kubectl("create", "deployment", "lesson", "--image=hello:1").succeeded();
        cluster.kubectl("rollout", "status", "deployment/lesson", "--timeout=60s")
                .succeeded();

        cluster.kubectl("label", "deployment", "lesson", "tier=front").succeeded();
        cluster.kubectl("annotate", "deployment", "lesson", "note=yes").succeeded();
        cluster.kubectl("scale", "deployment/lesson", "--replicas=2").succeeded();
        eventually(
                PATIENCE,
                () -> assertThat(cluster.get("deploy lesson", "{.status.readyReplicas}"))
                        .isEqualTo("2"));
        cluster.shell()
                .run("env", "EDITOR=sed -i s/replicas:.2/replicas:\\ 1/", "kubectl", "edit", "deployment", "lesson")
                .succeeded();

        eventually(
                PATIENCE,
                () -> assertThat(cluster.get("deploy lesson", "{.status.replicas}"))
                        .isEqualTo("1"));
        assertThat(cluster.get("deploy -l tier=front", "{.items[*].metadata.name}"))
                .isEqualTo("lesson");
        cluster.kubectl("delete", "deployment", "lesson").succeeded();
        eventually(
                PATIENCE,
                () -> assertThat(cluster.get("pods -l app=lesson", "{.items[*].metadata.name}"))
                        .isEmpty());
    }

    @Test
    void aNewImageIsRolledOutAndUndone(RunningCluster cluster) {
        cluster.kubectl("create", "deployment", "roll", "--image=hello:1", "--replicas=2")
                .succeeded();
        cluster.kubectl("rollout", "status", "deployment/roll", "--timeout=60s").succeeded();

        cluster.kubectl("set", "image", "deployment/roll", "hello=hello:2").succeeded();
        cluster.kubectl("rollout", "status", "deployment/roll", "--timeout=90s").succeeded();
        assertThat(cluster.get(
                        "pods -l app=roll --field-selector=status.phase=Running",
                        "{.items[*].spec.containers[0].image}"))
                .contains("hello:2");
        assertThat(cluster.kubectl("rollout", "history", "deployment/roll")
                        .succeeded()
                        .out())
                .contains("1", "2");
        cluster.kubectl("rollout", "undo", "deployment/roll").succeeded();
        cluster.kubectl("rollout", "status", "deployment/roll", "--timeout=90s").succeeded();

        assertThat(cluster.get("deploy roll", "{.spec.template.spec.containers[0].image}"))
                .isEqualTo("hello:1");
        cluster.kubectl("delete", "deployment", "roll").succeeded();
    }

    @Test
    void runExposeAndDelete(RunningCluster cluster) {
        cluster.kubectl("run", "single", "--image=hello:1", "--port=8080").succeeded();
        isReady(cluster, "single");
        cluster.kubectl("expose", "pod", "single", "--port=80", "--target-port=8080")
                .succeeded();
        String address = cluster.get("service single", "{.spec.clusterIP}");

        eventually(
                PATIENCE,
                () -> assertThat(cluster.shell()
                                .run("curl", "-sf", "-m2", "http://" + address + "/")
                                .out())
                        .contains("single"));

        cluster.kubectl("delete", "service/single", "pod/single").succeeded();
        assertThat(cluster.kubectl("get", "pod", "single").failed().err())
                .contains("Error from server (NotFound): pods \"single\" not found");
    }

    @Test
    void aWatchShowsWhatHappens(RunningCluster cluster) throws IOException, InterruptedException {
        Process watch = cluster.shell().start("kubectl", "get", "configmaps", "-w", "-o", "wide");
        try (var lines = new BufferedReader(new InputStreamReader(watch.getInputStream()))) {
            cluster.kubectl("create", "configmap", "watched", "--from-literal=a=b")
                    .succeeded();
            assertThat(lines.readLine()).startsWith("NAME");
            String line = lines.readLine();
            while (!line.startsWith("watched")) {
                line = lines.readLine();
            }
            assertThat(line).containsPattern("watched +1 ");
        } finally {
            watch.destroy();
            watch.waitFor(10, TimeUnit.SECONDS);
            cluster.kubectl("delete", "configmap", "watched");
        }
    }

    @Test
    void theClusterTellsOfItself(RunningCluster cluster, @TempDir Path folder) throws IOException {
        assertThat(cluster.kubectl("version").succeeded().out()).contains("Server Version: v1.36");
        assertThat(cluster.kubectl("cluster-info").succeeded().out()).contains("control plane", "is running at");
        assertThat(cluster.kubectl("api-resources").succeeded().out())
                .containsPattern("deployments +deploy +apps/v1 +true +Deployment")
                .containsPattern("pods +po +v1 +true +Pod");
        assertThat(cluster.kubectl("explain", "deployment.spec.strategy")
                        .succeeded()
                        .out())
                .contains("rollingUpdate");

        Path manifest = folder.resolve("bad.yaml");
        Files.writeString(manifest, "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containerz: []}\n");
        assertThat(cluster.kubectl("apply", "-f", manifest.toString()).failed().err())
                .contains("unknown field \"spec.containerz\"");
    }

    private static String inside(RunningCluster cluster, String pod, String command) {
        return cluster.kubectl("exec", pod, "--", "sh", "-c", command)
                .succeeded()
                .out();
    }

    private static void isReady(RunningCluster cluster, String pod) {
        cluster.kubectl("wait", "--for=condition=Ready", "pod/" + pod, "--timeout=60s")
                .succeeded();
    }

    private static String pod(String name, String script) {
        return """
                apiVersion: v1
                kind: Pod
                metadata: {name: %s}
                spec:
                  terminationGracePeriodSeconds: 1
                  containers:
                  - {name: main, image: hello:1, command: [sh, -c, "%s"]}
                """.formatted(name, script);
    }
}
