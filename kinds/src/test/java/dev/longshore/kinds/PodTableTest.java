package dev.longshore.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.Resource;
import dev.longshore.model.Table;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PodTableTest {

    private static final Instant NOW = Instant.parse("2026-01-01T01:00:00Z");

    private final Cluster cluster = new Cluster();

    private List<Object> row(String status) {
        return row("containers: [{name: a}, {name: b}]", status, "");
    }

    private List<Object> row(String spec, String status, String metadata) {
        Resource pod = cluster.read("""
                apiVersion: v1
                kind: Pod
                metadata: {name: web, namespace: default, creationTimestamp: "2026-01-01T00:00:00Z"%s}
                spec: {%s}
                status: {%s}
                """.formatted(metadata, spec, status));
        return cluster.kindOf(pod).table().cells(pod, NOW);
    }

    @Test
    void hasTheColumnsOfKubectl() {
        assertThat(cluster.kind("v1", "Pod").table().columns())
                .extracting(Table.Column::name)
                .containsExactly(
                        "Name",
                        "Ready",
                        "Status",
                        "Restarts",
                        "Age",
                        "IP",
                        "Node",
                        "Nominated Node",
                        "Readiness Gates");
    }

    @Test
    void showsARunningPod() {
        assertThat(row("""
                phase: Running, podIP: 10.0.0.1, conditions: [{type: Ready, status: "True"}], containerStatuses: [
                {name: a, ready: true, restartCount: 0, state: {running: {}}},
                {name: b, ready: true, restartCount: 3, state: {running: {}},
                 lastState: {terminated: {finishedAt: "2026-01-01T00:55:00Z"}}}]"""))
                .containsExactly(
                        "web", "2/2", "Running", "3 (5m ago)", "60m", "10.0.0.1", "<none>", "<none>", "<none>");
    }

    @Test
    void showsTheReasonOfAWaitingContainer() {
        assertThat(row("""
                phase: Running, containerStatuses: [
                {name: a, ready: false, restartCount: 1, state: {waiting: {reason: CrashLoopBackOff}}},
                {name: b, ready: true, restartCount: 0, state: {running: {}}}]""").subList(1, 4)).containsExactly("1/2", "CrashLoopBackOff", "1");
    }

    @Test
    void countsInitContainers() {
        assertThat(row(
                                "containers: [{name: a}], initContainers: [{name: i}, {name: j}]",
                                "phase: Pending, initContainerStatuses: [{name: i, state: {terminated: {exitCode: 0}}},"
                                        + " {name: j, state: {running: {}}}]",
                                "")
                        .subList(1, 3))
                .containsExactly("0/1", "Init:1/2");
    }

    @Test
    void showsAFailedInitContainer() {
        assertThat(row(
                                "containers: [{name: a}], initContainers: [{name: i}]",
                                "phase: Pending, initContainerStatuses: [{name: i, restartCount: 2,"
                                        + " state: {terminated: {exitCode: 1, reason: Error}}}]",
                                "")
                        .subList(1, 4))
                .containsExactly("0/1", "Init:Error", "2");
    }

    @Test
    void countsSidecarsAmongTheContainers() {
        assertThat(row(
                                "containers: [{name: a}], initContainers: [{name: s, restartPolicy: Always}]",
                                "phase: Running, initContainerStatuses: [{name: s, started: true, ready: true,"
                                        + " restartCount: 0, state: {running: {}}}], containerStatuses: [{name: a,"
                                        + " ready: true, restartCount: 0, state: {running: {}}}]",
                                "")
                        .subList(1, 3))
                .containsExactly("2/2", "Running");
    }

    @Test
    void showsWhatHasCompleted() {
        assertThat(row("""
                phase: Succeeded, containerStatuses: [
                {name: a, ready: false, restartCount: 0, state: {terminated: {exitCode: 0, reason: Completed}}}]""").get(2)).isEqualTo("Completed");
    }

    @Test
    void showsDeletion() {
        assertThat(row("containers: [{name: a}]", "phase: Running", ", deletionTimestamp: \"2026-01-01T00:59:00Z\"")
                        .get(2))
                .isEqualTo("Terminating");
    }

    @Test
    void showsUnknownExits() {
        assertThat(row("""
                phase: Failed, containerStatuses: [
                {name: a, restartCount: 0, state: {terminated: {exitCode: 137}}}]""").get(2)).isEqualTo("ExitCode:137");
    }
}
