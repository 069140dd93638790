package dev.longshore.apiserver.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.apiserver.flow.Lending.Lot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class LendingTest {

    private static PriorityLevel level(String name, int shares, int lendable, int borrowing) {
        return new PriorityLevel(
                name,
                "",
                false,
                shares,
                lendable,
                borrowing < 0 ? OptionalInt.empty() : OptionalInt.of(borrowing),
                Optional.empty());
    }

    private static Lot lot(PriorityLevel level, List<PriorityLevel> all, int seats, double demand) {
        LevelShare share = LevelShare.of(level, all, seats, 0);
        share.note(new SeatDemand.Seen(demand, 0, demand));
        return new Lot(share, false);
    }

    @Test
    void sharesNominalSeatsByShares() {
        var levels = List.of(level("a", 30, 0, -1), level("b", 10, 0, -1), level("c", 5, 0, -1));

        assertThat(LevelShare.of(levels.get(0), levels, 600, 0).nominal).isEqualTo(400);
        assertThat(LevelShare.of(levels.get(1), levels, 600, 0).nominal).isEqualTo(134);
        assertThat(LevelShare.of(levels.get(2), levels, 600, 0).nominal).isEqualTo(67);
    }

    @Test
    void lendsTheSeatsOfTheIdleToTheBusy() {
        var levels = List.of(level("busy", 50, 0, -1), level("idle", 50, 90, -1));

        int[] seats = Lending.adjust(List.of(lot(levels.get(0), levels, 100, 200), lot(levels.get(1), levels, 100, 0)));

        assertThat(seats).containsExactly(95, 5);
    }

    @Test
    void takesBackWhatItLentAsSoonAsItIsWanted() {
        var levels = List.of(level("busy", 50, 0, -1), level("awake", 50, 90, -1));

        int[] seats =
                Lending.adjust(List.of(lot(levels.get(0), levels, 100, 200), lot(levels.get(1), levels, 100, 50)));

        assertThat(seats).containsExactly(50, 50);
    }

    @Test
    void borrowsNoMoreThanItMay() {
        var levels = List.of(level("busy", 50, 0, 20), level("idle", 50, 90, -1));

        int[] seats = Lending.adjust(List.of(lot(levels.get(0), levels, 100, 200), lot(levels.get(1), levels, 100, 0)));

        assertThat(seats[0]).isEqualTo(60);
    }

    @Test
    void leavesTheOthersWhatTheExemptDoNotNeed() {
        PriorityLevel exempt = new PriorityLevel("exempt", "", true, 0, 0, OptionalInt.empty(), Optional.empty());
        var levels = List.of(exempt, level("a", 50, 50, -1));
        LevelShare free = LevelShare.of(exempt, levels, 100, 0);
        free.note(new SeatDemand.Seen(30, 0, 30));

        int[] seats = Lending.adjust(List.of(new Lot(free, true), lot(levels.get(1), levels, 100, 60)));

        assertThat(seats).containsExactly(30, 70);
    }

    @Test
    void forgetsHighDemandSlowly() {
        var levels = List.of(level("a", 50, 50, -1));
        LevelShare share = LevelShare.of(levels.getFirst(), levels, 100, 0);
        share.note(new SeatDemand.Seen(80, 0, 80));
        share.note(new SeatDemand.Seen(0, 0, 0));

        assertThat(share.smoothed()).isBetween(78.0, 79.0);
    }

    /// Whatever is wanted: nobody falls below what it does not lend nor rises above what it may borrow, and the
    /// sum stays that of all seats but for rounding.
    @Property(tries = 500)
    void keepsWithinBounds(
            @ForAll @Size(min = 1, max = 8) List<@IntRange(min = 0, max = 100) Integer> shares,
            @ForAll @Size(value = 8) List<@IntRange(min = 0, max = 100) Integer> lendable,
            @ForAll @Size(value = 8) List<@IntRange(min = -1, max = 300) Integer> borrowing,
            @ForAll @Size(value = 8) List<@IntRange(min = 0, max = 2000) Integer> demand) {
        var levels = IntStream.range(0, shares.size())
                .mapToObj(i -> level("level" + i, shares.get(i), lendable.get(i), borrowing.get(i)))
                .toList();
        var lots = new ArrayList<Lot>();
        for (int i = 0; i < levels.size(); i++) {
            lots.add(lot(levels.get(i), levels, 600, demand.get(i)));
        }

        int[] seats = Lending.adjust(lots);

        int nominal = lots.stream().mapToInt(each -> each.share().nominal).sum();
        for (int i = 0; i < seats.length; i++) {
            LevelShare share = lots.get(i).share();
            int least = share.nominal > 0 ? 1 : 0;
            assertThat(seats[i]).isBetween(Math.max(least, share.low), Math.max(least, Math.min(share.high, nominal)));
        }
        assertThat(IntStream.of(seats).sum()).isLessThanOrEqualTo(nominal + seats.length);
    }
}
