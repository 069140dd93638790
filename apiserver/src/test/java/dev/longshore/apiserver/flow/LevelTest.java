package dev.longshore.apiserver.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.apiserver.flow.FlowTally.Refusal;
import dev.longshore.base.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class LevelTest {

    private final ManualTime time = new ManualTime();
    private final FlowTally tally = new FlowTally("schema", "level");

    private static PriorityLevel queued(int queues, int hand, int length) {
        return new PriorityLevel(
                "level",
                "",
                false,
                1,
                0,
                OptionalInt.empty(),
                Optional.of(new PriorityLevel.Queuing(queues, hand, length)));
    }

    private static PriorityLevel rejecting() {
        return new PriorityLevel("level", "", false, 1, 0, OptionalInt.empty(), Optional.empty());
    }

    private static PriorityLevel exempt() {
        return new PriorityLevel("level", "", true, 0, 0, OptionalInt.empty(), Optional.empty());
    }

    private Arrival of(String flow, int seats) {
        return new Arrival(tally, flow, Hands.hash("schema", flow), seats, Duration.ofSeconds(15));
    }

    private static Seat taken(Level.Place place) {
        return ((Level.Place.Taken) place).seat();
    }

    private static Waiter queued(Level.Place place) {
        return ((Level.Place.Queued) place).waiter();
    }

    @Test
    void givesSeatsUntilNoneIsLeftAndThenToWhoeverWaits() {
        var level = new Level(queued(1, 1, 10), 2, time);
        Seat first = taken(level.arrive(of("a", 1)));
        taken(level.arrive(of("a", 1)));
        Waiter third = queued(level.arrive(of("a", 1)));

        assertThat(third.seat()).isEmpty();
        first.close();

        assertThat(third.seat()).isPresent();
        assertThat(level.view().seatsInUse()).isEqualTo(2);
    }

    @Test
    void returnsASeatOnlyOnce() {
        var level = new Level(queued(1, 1, 10), 1, time);
        Seat seat = taken(level.arrive(of("a", 1)));
        seat.close();
        seat.close();

        assertThat(level.view().seatsInUse()).isZero();
    }

    @Test
    void sendsAwayWhatFindsNoSeatWhereNobodyMayWait() {
        var level = new Level(rejecting(), 1, time);
        taken(level.arrive(of("a", 1)));

        assertThat(level.arrive(of("a", 1))).isEqualTo(new Level.Place.None(Refusal.CONCURRENCY_LIMIT));
    }

    @Test
    void sendsAwayWhatFindsItsQueueFull() {
        var level = new Level(queued(1, 1, 2), 1, time);
        taken(level.arrive(of("a", 1)));
        queued(level.arrive(of("a", 1)));
        queued(level.arrive(of("a", 1)));

        assertThat(level.arrive(of("a", 1))).isEqualTo(new Level.Place.None(Refusal.QUEUE_FULL));
        assertThat(tally.refused(Refusal.QUEUE_FULL)).isEqualTo(1);
    }

    @Test
    void letsAWideRequestWaitUntilItFitsAndNobodyPass() {
        var level = new Level(queued(1, 1, 10), 4, time);
        Seat narrow = taken(level.arrive(of("a", 1)));
        Waiter wide = queued(level.arrive(of("b", 4)));
        Waiter late = queued(level.arrive(of("c", 1)));

        assertThat(late.seat()).isEmpty();
        narrow.close();

        assertThat(wide.seat()).isPresent();
        assertThat(late.seat()).isEmpty();
    }

    @Test
    void runsAloneWhatIsWiderThanTheLevel() {
        var level = new Level(queued(1, 1, 10), 2, time);
        Seat wide = taken(level.arrive(of("a", 9)));
        Waiter next = queued(level.arrive(of("a", 1)));

        assertThat(next.seat()).isEmpty();
        wide.close();
        assertThat(next.seat()).isPresent();
    }

    @Test
    void letsThoseBehindPassOnceTheWideOneGivesUp() {
        var level = new Level(queued(1, 1, 10), 4, time);
        taken(level.arrive(of("a", 1)));
        Waiter wide = queued(level.arrive(of("a", 4)));
        Waiter late = queued(level.arrive(of("a", 1)));

        assertThat(level.giveUp(wide, Refusal.TIME_OUT)).isTrue();

        assertThat(late.seat()).isPresent();
        assertThat(wide.seat()).isEmpty();
        assertThat(level.giveUp(late, Refusal.TIME_OUT)).isFalse();
    }

    @Test
    void neverLetsTheExemptWait() {
        var level = new Level(exempt(), 0, time);
        for (int i = 0; i < 1000; i++) {
            taken(level.arrive(of("a", 5)));
        }
        assertThat(level.view().seatsInUse()).isEqualTo(5000);
    }

    @Test
    void followsANewLimitAtOnce() {
        var level = new Level(queued(1, 1, 10), 1, time);
        taken(level.arrive(of("a", 1)));
        Waiter waiting = queued(level.arrive(of("a", 1)));

        level.limit(2);

        assertThat(waiting.seat()).isPresent();
    }

    @Test
    void servesWhoWaitsAlsoAfterItsQueueIsNotWantedAnyMore() {
        var level = new Level(queued(64, 6, 10), 1, time);
        Seat seat = taken(level.arrive(of("a", 1)));
        Waiter waiting = queued(level.arrive(of("b", 1)));

        level.configure(rejecting());
        assertThat(level.arrive(of("c", 1))).isInstanceOf(Level.Place.None.class);
        seat.close();

        Seat last = waiting.seat().orElseThrow();
        last.close();
        assertThat(level.view().lines()).isEmpty();
        assertThat(level.view().isIdle()).isTrue();
    }

    /// One flow floods the level, another asks for one thing at a time: however long the queues of the first are,
    /// few of its requests go before each of the second's.
    @Property(tries = 100)
    void keepsAnElephantFromStarvingMice(@ForAll @IntRange(min = 1, max = 16) int seats, @ForAll Random random) {
        var level = new Level(queued(64, 6, 1000), seats, time);
        var crowd = new Crowd(random);
        for (int i = 0; i < 600; i++) {
            crowd.add(level.arrive(of("elephant", 1)));
        }
        for (int mouse = 0; mouse < 20; mouse++) {
            Waiter waiter = queued(level.arrive(of("mouse", 1)));
            int before = 0;
            while (waiter.seat().isEmpty()) {
                crowd.finishOne();
                before++;
                assertThat(before)
                        .as("turns of the elephant before the mouse's")
                        .isLessThanOrEqualTo(2 * seats + 20);
            }
            time.advance(Duration.ofMillis(1 + random.nextInt(5)));
            waiter.seat().orElseThrow().close();
            crowd.add(level.arrive(of("elephant", 1)));
        }
    }

    /// Two flows that both always want more share the level's time about equally, however long each one's
    /// requests are.
    @Property(tries = 20)
    void sharesTimeBetweenFlowsAndNotRequests(@ForAll @IntRange(min = 1, max = 9) int factor) {
        var level = new Level(queued(2, 1, 100), 2, time);
        String[] flows = flowsOfDifferentQueues();
        long[] served = new long[2];
        var waiting = new ArrayList<Map.Entry<Integer, Waiter>>();
        var running = new ArrayList<Turn>();
        for (int round = 0; round < 2000; round++) {
            for (int flow = 0; flow < 2; flow++) {
                while (level.view().lines().get(flow).waiting().size() < 4) {
                    Level.Place place = level.arrive(of(flows[flow], 1));
                    if (place instanceof Level.Place.Taken(Seat seat)) {
                        running.add(new Turn(flow, seat, millis() + length(flow, factor)));
                    } else {
                        waiting.add(Map.entry(flow, queued(place)));
                    }
                }
            }
            Turn next = running.stream()
                    .min(java.util.Comparator.comparingLong(Turn::end))
                    .orElseThrow();
            time.advance(Duration.ofMillis(Math.max(0, next.end - millis())));
            running.remove(next);
            served[next.flow] += length(next.flow, factor);
            next.seat.close();
            for (var entry : List.copyOf(waiting)) {
                entry.getValue().seat().ifPresent(seat -> {
                    running.add(new Turn(entry.getKey(), seat, millis() + length(entry.getKey(), factor)));
                    waiting.remove(entry);
                });
            }
        }
        double ratio = (double) served[0] / served[1];
        assertThat(ratio).isBetween(0.8, 1.25);
    }

    private record Turn(int flow, Seat seat, long end) {}

    private static long length(int flow, int factor) {
        return flow == 0 ? 4 : 4L * factor;
    }

    private long millis() {
        return time.now().toEpochMilli();
    }

    /// The first flow's queue is number 0, the second one's is 1.
    private static String[] flowsOfDifferentQueues() {
        var flows = new String[2];
        for (int i = 0; flows[0] == null || flows[1] == null; i++) {
            flows[Hands.deal(Hands.hash("schema", "flow" + i), 2, 1)[0]] = "flow" + i;
        }
        return flows;
    }

    /// Requests of the same flow, of which each takes some milliseconds.
    private final class Crowd {
        private final Random random;
        private final List<Turn> running = new ArrayList<>();
        private final List<Waiter> waiting = new ArrayList<>();

        Crowd(Random random) {
            this.random = random;
        }

        void add(Level.Place place) {
            switch (place) {
                case Level.Place.Taken(Seat seat) -> begin(seat);
                case Level.Place.Queued(Waiter waiter) -> waiting.add(waiter);
                case Level.Place.None _ -> throw new AssertionError("the queues are long enough");
            }
        }

        private void begin(Seat seat) {
            running.add(new Turn(0, seat, millis() + 1 + random.nextInt(5)));
        }

        void finishOne() {
            collect();
            Turn first = running.stream()
                    .min(java.util.Comparator.comparingLong(Turn::end))
                    .orElseThrow();
            running.remove(first);
            time.advance(Duration.ofMillis(Math.max(0, first.end - millis())));
            first.seat.close();
        }

        private void collect() {
            waiting.removeIf(waiter -> {
                waiter.seat().ifPresent(this::begin);
                return waiter.seat().isPresent();
            });
        }
    }

    /// Whatever comes, goes, gives up and is reconfigured: in the end every seat is back, never more are in use
    /// than there are, and nobody waits while there is room.
    @Property(tries = 300)
    void losesNoSeat(@ForAll @Size(min = 1, max = 200) List<@IntRange(min = 0, max = 9999) Integer> steps) {
        var level = new Level(queued(8, 3, 5), 4, time);
        Map<Integer, Seat> seats = new HashMap<>();
        List<Waiter> waiters = new ArrayList<>();
        int limit = 4;
        for (int step : steps) {
            int choice = step / 100;
            switch (step % 10) {
                case 0, 1, 2, 3, 4 -> {
                    Level.Place place = level.arrive(of("flow" + choice % 7, 1 + choice % 3));
                    if (place instanceof Level.Place.Taken(Seat seat)) {
                        seats.put(seats.size() + 1000 * step, seat);
                    }
                    if (place instanceof Level.Place.Queued(Waiter waiter)) {
                        waiters.add(waiter);
                    }
                }
                case 5, 6 ->
                    seats.values().stream()
                            .skip(choice % (seats.size() + 1))
                            .findFirst()
                            .ifPresent(Seat::close);
                case 7 ->
                    waiters.stream()
                            .skip(choice % (waiters.size() + 1))
                            .findFirst()
                            .ifPresent(waiter -> {
                                level.giveUp(waiter, Refusal.CANCELLED);
                                waiter.seat().ifPresent(Seat::close);
                            });
                case 8 -> level.configure(choice % 3 == 0 ? rejecting() : queued(1 + choice % 12, 1, 5));
                default -> {
                    limit = 1 + choice % 6;
                    level.limit(limit);
                }
            }
            time.advance(Duration.ofMillis(choice % 9));
            LevelView view = level.view();
            boolean isWideAlone = view.executing() == 1;
            int now = limit;
            assertThat(view.waiting())
                    .isEqualTo(view.lines().stream()
                            .mapToInt(line -> line.waiting().size())
                            .sum());
            assertThat(view.busyQueues()).isEqualTo((int) view.lines().stream()
                    .filter(line -> line.executing() > 0 || !line.waiting().isEmpty())
                    .count());
            if (view.waiting() > 0 && view.executing() == 0) {
                throw new AssertionError("nobody works and somebody waits");
            }
            assertThat(isWideAlone || step % 10 == 9 || view.seatsInUse() <= Math.max(now, 6))
                    .isTrue();
        }
        seats.values().forEach(Seat::close);
        for (int round = 0; round < waiters.size(); round++) {
            waiters.forEach(waiter -> waiter.seat().ifPresent(Seat::close));
        }
        LevelView end = level.view();
        assertThat(end.seatsInUse()).isZero();
        assertThat(end.executing()).isZero();
        assertThat(end.waiting()).isZero();
        assertThat(end.busyQueues()).isZero();
        assertThat(tally.executing.get()).isZero();
        assertThat(tally.executingSeats.get()).isZero();
        assertThat(tally.waiting.get()).isZero();
    }
}
