package dev.longshore.metrics.resource;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReadingTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:01:00Z");

    @Test
    void aKubeletsTextIsRead() throws Exception {
        Reading reading = Reading.parse("""
                # TYPE container_cpu_usage_seconds_total counter
                container_cpu_usage_seconds_total{container="c",namespace="n",pod="p"} 1.5 1767225630000
                container_memory_working_set_bytes{container="c",namespace="n",pod="p"} 1.048576e+06 1767225630000
                container_start_time_seconds{container="c",namespace="n",pod="p"} 1767225600.25
                node_cpu_usage_seconds_total 100 1767225631000
                node_memory_working_set_bytes 2097152 1767225631000
                pod_cpu_usage_seconds_total{namespace="n",pod="p"} 1.5 1767225630000
                resource_scrape_error 0
                """, NOW);

        assertThat(reading.node())
                .contains(new Point(Instant.EPOCH, Instant.parse("2026-01-01T00:00:31Z"), 100_000_000_000L, 2_097_152));
        assertThat(reading.pods())
                .isEqualTo(Map.of(
                        new PodKey("n", "p"),
                        Map.of(
                                "c",
                                new Point(
                                        Instant.parse("2026-01-01T00:00:00.25Z"),
                                        Instant.parse("2026-01-01T00:00:30Z"),
                                        1_500_000_000L,
                                        1_048_576))));
    }

    @Test
    void samplesWithoutATimeAreOfNow() throws Exception {
        Reading reading = Reading.parse("node_cpu_usage_seconds_total 1\nnode_memory_working_set_bytes 1\n", NOW);

        assertThat(reading.node()).map(Point::at).contains(NOW);
    }

    @Test
    void aPodOfWhichSomethingIsMissingIsLeftOut() throws Exception {
        Reading reading = Reading.parse("""
                container_cpu_usage_seconds_total{container="c",namespace="n",pod="p"} 1
                container_memory_working_set_bytes{container="c",namespace="n",pod="p"} 1
                container_cpu_usage_seconds_total{container="d",namespace="n",pod="p"} 0
                container_memory_working_set_bytes{container="d",namespace="n",pod="p"} 1
                node_memory_working_set_bytes 1
                """, NOW);

        assertThat(reading.pods()).isEmpty();
        assertThat(reading.node()).isEmpty();
    }
}
