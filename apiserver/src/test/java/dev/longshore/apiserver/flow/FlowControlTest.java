package dev.longshore.apiserver.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.longshore.apiserver.flow.FlowControl.Entry;
import dev.longshore.base.ManualTime;
import dev.longshore.model.Authorizer.Attributes;
import dev.longshore.model.Resource;
import dev.longshore.model.UserInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FlowControlTest {

    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final UserInfo SOMEONE = UserInfo.of("someone");

    private final ManualTime time = new ManualTime();
    private final FlowControl control = new FlowControl(4, time);

    private static Attributes by(UserInfo user) {
        return new Attributes(user, "get", "", "v1", "pods", "", "shop", "a", "");
    }

    private Entry enter(UserInfo user) throws InterruptedException {
        return control.enter(by(user), widest -> 1, PATIENCE);
    }

    private static Seat seat(Entry entry) {
        return ((Entry.Seated) entry).seat();
    }

    private void oneQueueForEverybody() {
        Resource level = Resource.of(BootstrapFlows.LEVEL, "", "narrow");
        level.metadata().put("uid", "level-uid");
        level.object("spec")
                .put("type", "Limited")
                .putObject("limited")
                .put("nominalConcurrencyShares", 0)
                .putObject("limitResponse")
                .put("type", "Queue")
                .putObject("queuing")
                .put("queues", 1)
                .put("handSize", 1)
                .put("queueLengthLimit", 5);
        ((tools.jackson.databind.node.ObjectNode) level.at("spec", "limited")).put("nominalConcurrencyShares", 1);
        Resource schema = BootstrapFlows.suggestedSchemas().getLast();
        schema.metadata().put("uid", "schema-uid");
        ((tools.jackson.databind.node.ObjectNode) schema.at("spec", "priorityLevelConfiguration"))
                .put("name", "narrow");
        control.configure(List.of(schema), List.of(level));
    }

    @Test
    void countsFromTheFirstMomentOn() throws InterruptedException {
        var seats = new ArrayList<Seat>();
        for (int i = 0; i < 4; i++) {
            seats.add(seat(enter(SOMEONE)));
        }
        assertThat(enter(SOMEONE)).isInstanceOf(Entry.Refused.class);
        assertThat(enter(UserInfo.of("admin", UserInfo.MASTERS))).isInstanceOf(Entry.Seated.class);
        seats.getFirst().close();
        assertThat(enter(SOMEONE)).isInstanceOf(Entry.Seated.class);
    }

    @Test
    void tellsWhatClassedTheRequest() throws InterruptedException {
        oneQueueForEverybody();

        Entry entry = enter(SOMEONE);

        assertThat(entry.schemaUid()).isEqualTo("schema-uid");
        assertThat(entry.levelUid()).isEqualTo("level-uid");
    }

    @Test
    void letsARequestWaitAndSendsItAwayWhenItsPatienceEnds() throws Exception {
        oneQueueForEverybody();
        seat(enter(SOMEONE));
        FutureTask<Entry> second = inBackground();

        awaitQueued(1);
        time.advance(PATIENCE);

        assertThat(second.get(30, TimeUnit.SECONDS)).isInstanceOf(Entry.Refused.class);
        assertThat(control.metrics())
                .contains("apiserver_flowcontrol_rejected_requests_total{flow_schema=\"global-default\","
                        + "priority_level=\"narrow\",reason=\"time-out\"} 1");
    }

    @Test
    void seatsAWaitingRequestWhenAnotherIsDone() throws Exception {
        oneQueueForEverybody();
        Seat first = seat(enter(SOMEONE));
        FutureTask<Entry> second = inBackground();
        awaitQueued(1);

        first.close();

        seat(second.get(30, TimeUnit.SECONDS)).close();
        assertThat(control.dump("dump_priority_levels").orElseThrow()).contains("narrow, 0, true");
    }

    @Test
    void losesNoSeatToAThreadThatIsInterrupted() throws Exception {
        oneQueueForEverybody();
        Seat first = seat(enter(SOMEONE));
        var second = new FutureTask<>(() -> enter(SOMEONE));
        Thread thread = Thread.startVirtualThread(second);
        awaitQueued(1);

        thread.interrupt();

        assertThatThrownBy(() -> second.get(30, TimeUnit.SECONDS)).hasCauseInstanceOf(InterruptedException.class);
        first.close();
        assertThat(control.dump("dump_priority_levels").orElseThrow()).contains("narrow, 0, true");
    }

    @Test
    void keepsWhoWaitsWhenTheObjectsChange() throws Exception {
        oneQueueForEverybody();
        Seat first = seat(enter(SOMEONE));
        FutureTask<Entry> second = inBackground();
        awaitQueued(1);

        control.configure(List.of(), List.of());
        assertThat(enter(SOMEONE)).isInstanceOf(Entry.Seated.class);
        first.close();

        seat(second.get(30, TimeUnit.SECONDS)).close();
    }

    @Test
    void printsRequestsThatWait() throws Exception {
        oneQueueForEverybody();
        Seat first = seat(enter(SOMEONE));
        FutureTask<Entry> second = inBackground();
        awaitQueued(1);

        assertThat(control.dump("dump_requests").orElseThrow()).contains("narrow, global-default, 0, 0, someone");
        assertThat(control.dump("dump_queues").orElseThrow()).contains("narrow, 0, 1, 1, 1");
        assertThat(control.dump("else")).isEmpty();
        first.close();
        seat(second.get(30, TimeUnit.SECONDS)).close();
    }

    private FutureTask<Entry> inBackground() {
        var task = new FutureTask<>(() -> enter(SOMEONE));
        Thread.startVirtualThread(task);
        return task;
    }

    private void awaitQueued(int count) {
        String wanted = "apiserver_flowcontrol_current_inqueue_requests{flow_schema=\"global-default\","
                + "priority_level=\"narrow\"} " + count;
        await(count + " requests in the queue")
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> control.metrics().contains(wanted));
    }
}
