package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;

/// A web server that keeps connections open, as users would run it: not ready before it answers, waiting before
/// it ends until nobody sends it new connections, then telling those that it has to go elsewhere. Beside it a pod
/// that asks it all the time.
final class SteadyApplication {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /// Indented by as much as the manifest wants. The answer of one connection runs as a process of its own.
    private static final String MANIFEST = """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: steady}
            data:
              serve: |
                #!/bin/sh
                mkdir -p /tmp/open
                nc -ll -p 8080 -e /scripts/answer &
                server=$!
                drain() {
                    trap '' TERM
                    touch /tmp/draining
                    kill "$server"
                    while [ -n "$(ls /tmp/open)" ]; do sleep 0.1; done
                    exit 0
                }
                trap drain TERM
                while :; do wait "$server"; done
              answer: |
                #!/bin/sh
                touch /tmp/open/$$
                trap 'rm -f /tmp/open/$$' EXIT
                while IFS= read -r request; do
                    while IFS= read -r header && [ "$header" != "$(printf '\\r')" ]; do :; done
                    body="$HOSTNAME $VERSION"
                    [ -e /tmp/draining ] && after=close || after=keep-alive
                    printf 'HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\nConnection: %s\\r\\n\\r\\n%s' "${#body}" "$after" "$body"
                    [ "$after" = keep-alive ] || exit 0
                done
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: steady}
            spec:
              replicas: 3
              selector: {matchLabels: {app: steady}}
              strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}
              template:
                metadata: {labels: {app: steady}}
                spec:
                  terminationGracePeriodSeconds: 20
                  containers:
                  - name: main
                    image: "hello:1"
                    command: [/scripts/serve]
                    env: [{name: VERSION, value: "1"}]
                    ports: [{name: http, containerPort: 8080}]
                    readinessProbe: {tcpSocket: {port: http}, periodSeconds: 1}
                    lifecycle: {preStop: {sleep: {seconds: 3}}}
                    volumeMounts: [{name: scripts, mountPath: /scripts}]
                  volumes: [{name: scripts, configMap: {name: steady, defaultMode: 0755}}]
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: steady}
            spec: {selector: {app: steady}, ports: [{port: 80, targetPort: http}]}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: asker}
            spec:
              terminationGracePeriodSeconds: 0
              containers:
              - name: main
                image: "hello:1"
                command: [sh, -c, "while :; do wget -q -O- http://steady/ > /tmp/answer && echo ok || echo failed; sleep 0.1; done"]
            """;

    private final RunningCluster cluster;

    private SteadyApplication(RunningCluster cluster) {
        this.cluster = cluster;
    }

    /// Applies it; when all replicas are ready the asker starts.
    static SteadyApplication in(RunningCluster cluster) {
        int asker = MANIFEST.lastIndexOf("---");
        cluster.apply(MANIFEST.substring(0, asker));
        var steady = new SteadyApplication(cluster);
        steady.isRolledOut();
        cluster.apply(MANIFEST.substring(asker));
        cluster.kubectl("wait", "--for=condition=Ready", "pod/asker", "--timeout=60s")
                .succeeded();
        RunningCluster.eventually(PATIENCE, () -> assertThat(steady.asked()).contains("ok"));
        return steady;
    }

    void isRolledOut() {
        cluster.kubectl("rollout", "status", "deployment/steady", "--timeout=120s")
                .succeeded();
    }

    /// Those that are there, whether they are ending or not.
    List<String> pods() {
        return cluster.get("pods -l app=steady", "{range .items[*]}{.metadata.name}{\"\\n\"}{end}")
                .lines()
                .toList();
    }

    String address() {
        return cluster.get("service steady", "{.spec.clusterIP}");
    }

    /// The pod inside has always been answered.
    void assertNothingFailedInside() {
        List<String> asked = asked();
        assertThat(asked).containsOnly("ok");
        assertThat(asked.size()).isGreaterThan(20);
    }

    private List<String> asked() {
        return cluster.kubectl("logs", "asker").succeeded().out().lines().toList();
    }

    void remove() {
        cluster.kubectl(
                        "delete",
                        "deployment/steady",
                        "service/steady",
                        "configmap/steady",
                        "pod/asker",
                        "--wait=false")
                .succeeded();
    }
}
