package dev.longshore.journeys;

import static dev.longshore.journeys.RunningCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Real containers that burn CPU, as `kubectl top` and an autoscaler see them.
@Order(5)
@ExtendWith(SharedCluster.class)
@Tag("containers")
class BurningJourneyTest {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @Test
    void anAutoscalerFollowsAnImageThatBurnsCpuUpAndDown(RunningCluster cluster) {
        cluster.apply("""
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: burner}
                spec:
                  selector: {matchLabels: {app: burner}}
                  template:
                    metadata: {labels: {app: burner}}
                    spec:
                      terminationGracePeriodSeconds: 0
                      containers:
                      - name: main
                        image: hello:1
                        command:
                        - sh
                        - -c
                        - |
                          while :; do
                            if [ -e /tmp/burn ]; then i=0; while [ $i -lt 10000 ]; do i=$((i+1)); done; else sleep 1; fi
                          done
                        resources: {requests: {cpu: 20m}, limits: {cpu: 200m}}
                ---
                apiVersion: autoscaling/v2
                kind: HorizontalPodAutoscaler
                metadata: {name: burner}
                spec:
                  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: burner}
                  minReplicas: 1
                  maxReplicas: 3
                  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 100}}}]
                  behavior: {scaleDown: {stabilizationWindowSeconds: 0}}
                """);
        cluster.kubectl("rollout", "status", "deployment/burner", "--timeout=60s")
                .succeeded();
        String burning = cluster.get("pods -l app=burner", "{.items[0].metadata.name}");
        cluster.kubectl("exec", burning, "--", "touch", "/tmp/burn").succeeded();

        eventually(PATIENCE, () -> assertThat(milliCores(cluster, burning)).isGreaterThan(40));
        eventually(PATIENCE, () -> assertThat(replicas(cluster)).isEqualTo("3"));

        cluster.kubectl("exec", burning, "--", "rm", "/tmp/burn").succeeded();
        eventually(PATIENCE, () -> assertThat(replicas(cluster)).isEqualTo("1"));
        eventually(
                PATIENCE,
                () -> assertThat(cluster.kubectl("describe", "hpa", "burner")
                                .succeeded()
                                .out())
                        .contains(
                                "New size: 3; reason: cpu resource utilization (percentage of request) above target",
                                "New size: 1; reason: All metrics below target"));
        List<String> node = List.of(cluster.kubectl("top", "nodes", "--no-headers")
                .succeeded()
                .out()
                .strip()
                .split(" +"));
        assertThat(node.get(1)).matches("[1-9]\\d*m");
        assertThat(node.get(3)).matches("[1-9]\\d*Mi");
        cluster.kubectl("delete", "deployment,hpa", "burner").succeeded();
    }

    private static int milliCores(RunningCluster cluster, String pod) {
        String row =
                cluster.kubectl("top", "pod", pod, "--no-headers").succeeded().out();
        return Integer.parseInt(row.strip().split(" +")[1].replace("m", ""));
    }

    private static String replicas(RunningCluster cluster) {
        return cluster.get("deployment burner", "{.spec.replicas}");
    }
}
