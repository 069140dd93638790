package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// `kubectl top`, with nothing installed.
@ExtendWith(HollowShared.class)
@Order(18)
class TopJourneyTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    static Stream<Kubectl> kubectls() {
        return Kubectl.both();
    }

    @ParameterizedTest
    @MethodSource("kubectls")
    void nodesAndPodsAreShownWithWhatTheyUse(Kubectl any) {
        Kubectl kubectl = any.fresh("top");
        kubectl.okWith("""
                apiVersion: v1
                kind: List
                items:
                - apiVersion: v1
                  kind: Pod
                  metadata:
                    name: busy
                    labels: {app: busy}
                    annotations: {longshore.dev/simulated-cpu: 250m, longshore.dev/simulated-memory: 64Mi}
                  spec: {containers: [{name: main, image: nginx}, {name: side, image: nginx}]}
                - apiVersion: v1
                  kind: Pod
                  metadata:
                    name: large
                    labels: {app: large}
                    annotations: {longshore.dev/simulated-cpu: 100m, longshore.dev/simulated-memory: 256Mi}
                  spec: {containers: [{name: main, image: nginx}]}
                """, "create");
        kubectl.ok("wait", "--for=condition=Ready", "pod/busy", "pod/large", "--timeout=60s");

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(rows(kubectl.run("top", "pods", "--no-headers")))
                        .containsExactly(List.of("busy", "500m", "128Mi"), List.of("large", "100m", "256Mi")));
        assertThat(rows(kubectl.run("top", "pods", "--no-headers", "--sort-by=memory")))
                .map(List::getFirst)
                .containsExactly("large", "busy");
        assertThat(rows(kubectl.run("top", "pods", "--no-headers", "--containers")))
                .containsExactly(
                        List.of("busy", "main", "250m", "64Mi"),
                        List.of("busy", "side", "250m", "64Mi"),
                        List.of("large", "main", "100m", "256Mi"));
        assertThat(rows(kubectl.run("top", "pods", "--no-headers", "-l", "app=large")))
                .containsExactly(List.of("large", "100m", "256Mi"));
        assertThat(rows(kubectl.run("top", "pod", "busy", "--no-headers"))).hasSize(1);
        assertThat(kubectl.fails("top", "pod", "absent")).contains("(NotFound): pods \"absent\" not found");

        kubectl.ok("annotate", "pod/large", "--overwrite", "longshore.dev/simulated-memory=1Gi");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(rows(kubectl.run("top", "pod", "large", "--no-headers")))
                        .containsExactly(List.of("large", "100m", "1024Mi")));

        List<List<String>> nodes = rows(kubectl.run("top", "nodes", "--no-headers", "--sort-by=cpu"));
        assertThat(nodes).map(List::getFirst).contains("node-1", "node-2");
        assertThat(nodes).allSatisfy(node -> {
            assertThat(node.get(1)).matches("\\d+m");
            assertThat(node.get(2)).matches("\\d+%");
            assertThat(node.get(3)).matches("\\d+Mi");
            assertThat(node.get(4)).matches("\\d+%");
        });
    }

    private static List<List<String>> rows(Ran ran) {
        return ran.succeeded()
                .out()
                .lines()
                .map(line -> Stream.of(line.strip().split(" +"))
                        .map(TopJourneyTest::rounded)
                        .toList())
                .toList();
    }

    /// Counter and clock are read one after the other: some thousandths of a processor more or less mean nothing.
    private static String rounded(String cell) {
        return cell.matches("\\d+m") ? Math.round(Integer.parseInt(cell.replace("m", "")) / 10.0) * 10 + "m" : cell;
    }
}
