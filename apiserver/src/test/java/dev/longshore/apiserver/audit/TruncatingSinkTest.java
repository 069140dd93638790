package dev.longshore.apiserver.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.apiserver.audit.AuditOptions.TruncateOptions;
import dev.longshore.base.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TruncatingSinkTest {

    private final AuditTally tally = new AuditTally();
    private final List<List<AuditEvent>> taken = new ArrayList<>();
    private final AuditSink target = new AuditSink() {
        @Override
        public boolean take(List<AuditEvent> events) {
            taken.add(events);
            return true;
        }

        @Override
        public void close() {}
    };

    @Test
    void objectsThatAreTooLargeAreTakenOutAndANoteSaysSo() {
        var sink = new TruncatingSink(target, new TruncateOptions(true, 10_000, 1_000), tally);

        sink.take(List.of(Events.large("big", 2_000), Events.large("small", 10)));

        var big = Json.parse(EventJson.line(taken.getFirst().get(0)));
        assertThat(big.has("requestObject")).isFalse();
        assertThat(big.path("annotations").path("audit.k8s.io/truncated").asString())
                .isEqualTo("true");
        assertThat(Json.parse(EventJson.line(taken.getFirst().get(1))).has("requestObject"))
                .isTrue();
    }

    @Test
    void whatIsTooLargeEvenSoIsLostAndBatchesAreSplit() {
        int size = EventJson.line(Events.named("a")).length;
        var lost = new TruncatingSink(target, new TruncateOptions(true, size, size - 1), tally);
        lost.take(List.of(Events.named("a")));
        assertThat(taken).isEmpty();
        assertThat(tally.errors()).isEqualTo(Map.of("truncate", 1L));

        var split = new TruncatingSink(target, new TruncateOptions(true, 2 * size, size), tally);
        split.take(List.of(Events.named("a"), Events.named("b"), Events.named("c")));
        assertThat(taken).extracting(List::size).containsExactly(2, 1);
    }
}
