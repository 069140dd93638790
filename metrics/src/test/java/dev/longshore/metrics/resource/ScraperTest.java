package dev.longshore.metrics.resource;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.ManualTime;
import dev.longshore.metrics.cluster.ClusterView;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ScraperTest {

    private static final Duration RESOLUTION = Duration.ofSeconds(15);

    private final ManualTime time = new ManualTime();
    private final UsageBook book = new UsageBook(RESOLUTION);
    private final Nodes nodes = new Nodes();
    private final Scraper scraper = new Scraper(nodes, nodes, book, RESOLUTION, time);

    @Test
    void everyReadyNodeIsAskedInEachRound() throws Exception {
        nodes.add("a", "True");
        nodes.add("b", "True");
        nodes.add("c", "False");

        rounds(2);

        assertThat(book.node("a")).isPresent();
        assertThat(book.node("b")).isPresent();
        assertThat(book.node("c")).isEmpty();
    }

    @Test
    void aNodeThatDoesNotAnswerIsNotToldOfUntilItDoesAndThenOverTheLongerWindow() throws Exception {
        nodes.add("a", "True");
        rounds(2);

        nodes.broken.add("a");
        rounds(1);
        assertThat(book.node("a")).isEmpty();

        nodes.broken.clear();
        rounds(1);
        assertThat(book.node("a")).map(Usage::window).contains(RESOLUTION.multipliedBy(2));
    }

    @Test
    void aNodeThatTalksNonsenseHarmsNobodyElse() throws Exception {
        nodes.add("a", "True");
        nodes.add("b", "True");
        nodes.nonsense.add("a");

        rounds(2);

        assertThat(book.node("a")).isEmpty();
        assertThat(book.node("b")).isPresent();
    }

    @Test
    void aNodeThatIsGoneIsForgotten() throws Exception {
        nodes.add("a", "True");
        rounds(2);

        nodes.all.clear();
        rounds(1);

        assertThat(book.node("a")).isEmpty();
        assertThat(nodes.retained).isEmpty();
    }

    @Test
    void onlySoManyAreAskedAtOnce() throws Exception {
        for (int i = 0; i < 100; i++) {
            nodes.add("node-" + i, "True");
        }

        rounds(2);

        assertThat(nodes.mostAtOnce).hasValueBetween(1, 32);
        assertThat(book.node("node-99")).isPresent();
    }

    private void rounds(int count) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            time.advance(RESOLUTION);
            scraper.round();
        }
    }

    /// Nodes that use one core each, and can be told not to answer.
    private final class Nodes implements ClusterView, NodeSource {
        private final List<Node> all = new ArrayList<>();
        private final Set<String> broken = new HashSet<>();
        private final Set<String> nonsense = new HashSet<>();
        private final AtomicInteger atOnce = new AtomicInteger();
        private final AtomicInteger mostAtOnce = new AtomicInteger();
        private Set<String> retained = Set.of();

        void add(String name, String ready) {
            all.add(new NodeBuilder()
                    .withNewMetadata()
                    .withName(name)
                    .endMetadata()
                    .withNewStatus()
                    .addNewCondition()
                    .withType("Ready")
                    .withStatus(ready)
                    .endCondition()
                    .endStatus()
                    .build());
        }

        @Override
        public String resourceMetrics(Node node) throws IOException {
            mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
            try {
                String name = node.getMetadata().getName();
                if (broken.contains(name)) {
                    throw new IOException("connection refused");
                }
                return nonsense.contains(name)
                        ? "<html>"
                        : "node_cpu_usage_seconds_total %d%nnode_memory_working_set_bytes 4096%n"
                                .formatted(time.now().getEpochSecond());
            } finally {
                atOnce.decrementAndGet();
            }
        }

        @Override
        public void retain(Set<String> names) {
            retained = names;
        }

        @Override
        public List<Node> nodes() {
            return all;
        }

        @Override
        public Optional<Node> node(String name) {
            return all.stream()
                    .filter(node -> node.getMetadata().getName().equals(name))
                    .findFirst();
        }

        @Override
        public List<Pod> pods(String namespace) {
            return List.of();
        }

        @Override
        public Optional<Pod> pod(String namespace, String name) {
            return Optional.empty();
        }
    }
}
