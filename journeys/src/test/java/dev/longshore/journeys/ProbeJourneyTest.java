package dev.longshore.journeys;

import static dev.longshore.journeys.HelloApplication.PATIENCE;
import static dev.longshore.journeys.LivePods.container;
import static dev.longshore.journeys.LivePods.is;
import static dev.longshore.journeys.RunningCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Probes of real containers by command, HTTP, TCP and gRPC: those that hold and those that fail, side by side.
@Order(5)
@Tag(ContainerJourneys.TAG)
@ExtendWith(SharedCluster.class)
class ProbeJourneyTest {

    /// Speaks just as much of HTTP/2 as one health check takes: settings, header fields, the message with the state
    /// out of a file, trailers; and takes in what it is told before it goes.
    private static final String GRPC = """
            cat > /tmp/health <<'END'
            #!/bin/sh
            printf '\\000\\000\\000\\004\\000\\000\\000\\000\\000'
            printf '\\000\\000\\001\\001\\004\\000\\000\\000\\001\\210'
            printf '\\000\\000\\007\\000\\000\\000\\000\\000\\001\\000\\000\\000\\000\\002\\010'
            cat /tmp/state
            printf '\\000\\000\\017\\001\\005\\000\\000\\000\\001\\000\\013grpc-status\\001'
            printf 0
            cat > /dev/null
            END
            chmod +x /tmp/health
            printf '\\001' > /tmp/state
            nc -ll -p 5000 -e /tmp/health
            """;

    private static LivePods pods;

    @BeforeAll
    static void begin(RunningCluster cluster) {
        pods = new LivePods(cluster, "probes");
        String api = cluster.get("service kubernetes", "{.spec.clusterIP}");
        pods.create((HOLDING + FAILING).replace("KUBERNETES", api).replace("GRPC", indented(GRPC)));
    }

    @AfterAll
    static void end() {
        pods.close();
    }

    private static final String HOLDING = """
            apiVersion: v1
            kind: Pod
            metadata: {name: holding}
            spec:
              terminationGracePeriodSeconds: 1
              containers:
              - name: http
                BUSYBOX
                ports: [{name: web, containerPort: 8080}]
                command:
                - sh
                - -c
                - |
                  mkdir -p /tmp/cgi-bin
                  cat > /tmp/cgi-bin/probe <<'END'
                  #!/bin/sh
                  echo "$HTTP_HOST $HTTP_COOKIE $HTTP_USER_AGENT" >> /tmp/asked
                  [ "$HTTP_COOKIE" = sweet ] && echo 'Status: 200 OK' || echo 'Status: 500 No'
                  echo
                  END
                  chmod +x /tmp/cgi-bin/probe
                  exec httpd -f -p 8080 -h /tmp
                startupProbe: {tcpSocket: {port: web}, periodSeconds: 1, failureThreshold: 60}
                livenessProbe: &web {httpGet: {path: /cgi-bin/probe, port: web, httpHeaders: [{name: Cookie, value: sweet}, {name: Host, value: named.example}]}, periodSeconds: 1}
                readinessProbe: *web
              - name: https
                BUSYBOX
                command: [sleep, "1000"]
                readinessProbe: {httpGet: {host: KUBERNETES, port: 443, path: /livez, scheme: HTTPS}, periodSeconds: 1, timeoutSeconds: 10}
              - name: tcp
                BUSYBOX
                command: [nc, -ll, -p, "7000", -e, cat]
                livenessProbe: {tcpSocket: {port: 7000}, periodSeconds: 1, initialDelaySeconds: 1}
              - name: exec
                BUSYBOX
                command: [sh, -c, "touch /tmp/health; sleep 1000"]
                env: [{name: FILE, value: /tmp/health}]
                livenessProbe: {exec: {command: [test, -f, $(FILE)]}, periodSeconds: 1, timeoutSeconds: 10}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: grpc}
            spec:
              terminationGracePeriodSeconds: 1
              containers:
              - name: grpc
                BUSYBOX
                command: [sh, -c, "GRPC"]
                livenessProbe: {grpc: {port: 5000, service: mine}, periodSeconds: 1, timeoutSeconds: 10, initialDelaySeconds: 1}
                readinessProbe: {grpc: {port: 5000}, periodSeconds: 1, timeoutSeconds: 10}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: patient}
            spec:
              terminationGracePeriodSeconds: 1
              containers:
              - name: patient
                BUSYBOX
                command: [sleep, "1000"]
                readinessProbe: {exec: {command: ["true"]}, initialDelaySeconds: 4, periodSeconds: 1, timeoutSeconds: 10}
            """;

    private static final String FAILING = """
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: failing}
            spec:
              terminationGracePeriodSeconds: 300
              containers:
              - name: http
                BUSYBOX
                command: [sh, -c, "trap '' TERM; httpd -p 8080 -h /tmp; while :; do sleep 1; done"]
                livenessProbe: {httpGet: {path: /healthz, port: 8080}, periodSeconds: 1, failureThreshold: 1, initialDelaySeconds: 1, terminationGracePeriodSeconds: 2}
              - name: tcp
                BUSYBOX
                command: [sleep, "1000"]
                livenessProbe: {tcpSocket: {port: 7777}, periodSeconds: 1, failureThreshold: 2, terminationGracePeriodSeconds: 2}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: failing2}
            spec:
              terminationGracePeriodSeconds: 300
              containers:
              - name: exec
                BUSYBOX
                command: [sleep, "1000"]
                livenessProbe: {exec: {command: [sh, -c, "echo not well; exit 1"]}, periodSeconds: 1, failureThreshold: 1, timeoutSeconds: 10, terminationGracePeriodSeconds: 2}
              - name: slow
                BUSYBOX
                command: [sleep, "1000"]
                startupProbe: {exec: {command: [sleep, "100"]}, periodSeconds: 1, failureThreshold: 1, terminationGracePeriodSeconds: 2}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: unready}
            spec:
              terminationGracePeriodSeconds: 1
              containers:
              - name: never
                BUSYBOX
                command: [sleep, "1000"]
                readinessProbe: {exec: {command: ["false"]}, periodSeconds: 1, timeoutSeconds: 10}
              - name: unknown
                BUSYBOX
                command: [sleep, "1000"]
                readinessProbe: {tcpSocket: {port: nosuch}, periodSeconds: 1}
            """;

    @Test
    void thoseThatHoldLeaveTheirContainersAlone() {
        Pod holding = pods.awaitReady("holding");

        assertThat(holding.getStatus().getContainerStatuses()).allSatisfy(status -> {
            assertThat(status.getRestartCount()).as(status.getName()).isZero();
            assertThat(status.getStarted()).isTrue();
        });
        assertThat(pods.exec("holding", "http", "head -1 /tmp/asked"))
                .isEqualTo("named.example sweet kube-probe/1.36\n");
        Pod patient = pods.awaitReady("patient");
        Instant started = Instant.parse(
                container(patient, "patient").getState().getRunning().getStartedAt());
        Instant ready = Instant.parse(LivePods.condition(patient, "Ready").getLastTransitionTime());
        assertThat(Duration.between(started, ready)).isGreaterThanOrEqualTo(Duration.ofSeconds(4));
        assertThat(container(patient, "patient").getRestartCount()).isZero();
    }

    @Test
    void grpcIsAskedForTheStateAndAFailureOfItRestarts() {
        Pod serving = pods.awaitReady("grpc");
        assertThat(container(serving, "grpc").getRestartCount()).isZero();

        pods.exec("grpc", "grpc", "printf '\\002' > /tmp/state");

        pods.await("grpc", pod -> restarts(pod, "grpc") == 1);
        eventually(
                PATIENCE,
                () -> assertThat(messages("grpc"))
                        .contains(
                                "Liveness probe failed: service unhealthy (responded with \"NOT_SERVING\")",
                                "Container grpc failed liveness probe, will be restarted"));
    }

    @Test
    void thoseThatFailRestartTheirContainersWithinTheGraceOfTheProbe() {
        Pod failing = pods.await("failing", pod -> restarts(pod, "http") >= 1 && restarts(pod, "tcp") >= 1);
        pods.await("failing2", pod -> restarts(pod, "exec") >= 1 && restarts(pod, "slow") >= 1);

        eventually(
                PATIENCE,
                () -> assertThat(messages("failing"))
                        .contains(
                                "Liveness probe failed: HTTP probe failed with statuscode: 404",
                                "Container tcp failed liveness probe, will be restarted"));
        eventually(
                PATIENCE,
                () -> assertThat(messages("failing2"))
                        .contains(
                                "Liveness probe failed: not well\n",
                                "Container exec failed liveness probe, will be restarted",
                                "Container slow failed startup probe, will be restarted"));
        // The probe's own grace, not the pod's five minutes, is what a container gets that takes no notice of the
        // signal.
        assertThat(container(failing, "http").getLastState().getTerminated().getExitCode())
                .isEqualTo(137);
        pods.resource("failing").withGracePeriod(1).delete();
        pods.resource("failing2").withGracePeriod(1).delete();
    }

    @Test
    void readinessThatFailsKeepsUnreadyAndRestartsNothing() {
        pods.await(
                "unready",
                pod -> is(pod, "ContainersReady", "False")
                        && Boolean.TRUE.equals(container(pod, "never").getStarted())
                        && Boolean.TRUE.equals(container(pod, "unknown").getStarted()));
        eventually(
                PATIENCE,
                () -> assertThat(messages("unready"))
                        .contains(
                                "Readiness probe failed: ",
                                "Readiness probe errored and resulted in unknown state: strconv.Atoi: parsing \"nosuch\": invalid syntax"));
        Pod unready = pods.pod("unready");

        assertThat(unready.getStatus().getPhase()).isEqualTo("Running");
        assertThat(restarts(unready, "never")).isZero();
        assertThat(restarts(unready, "unknown")).isZero();
        assertThat(LivePods.condition(unready, "Ready").getMessage())
                .isEqualTo("containers with unready status: [never unknown]");
    }

    private static List<String> messages(String pod) {
        return pods.events(pod).stream().map(Event::getMessage).toList();
    }

    private static int restarts(Pod pod, String name) {
        ContainerStatus status = container(pod, name);
        return status.getRestartCount() == null ? 0 : status.getRestartCount();
    }

    private static String indented(String script) {
        return script.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }
}
