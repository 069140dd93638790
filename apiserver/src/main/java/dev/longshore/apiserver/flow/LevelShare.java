package dev.longshore.apiserver.flow;

import java.util.Collection;

/// What a level may use of all seats: its own, how far it may lend of them and borrow, and what it lately wanted.
/// Used by one thread at a time.
final class LevelShare {

    /// How slowly the memory of high demand fades, with each look.
    private static final double FADING = 0.977;

    /// Of its own seats, how much a single request may take.
    private static final double WIDEST = 0.15;

    final int nominal;
    final int low;
    final int high;
    private double smoothed;
    private SeatDemand.Seen seen = new SeatDemand.Seen(0, 0, 0);
    private double target;

    private LevelShare(int nominal, int low, int high, double smoothed) {
        this.nominal = nominal;
        this.low = low;
        this.high = high;
        this.smoothed = smoothed;
    }

    /// The share of `level` among `all` of `seats`, with the memory of `before`.
    static LevelShare of(PriorityLevel level, Collection<PriorityLevel> all, int seats, double before) {
        double sum = all.stream().mapToDouble(PriorityLevel::shares).sum();
        int nominal = sum == 0 ? 0 : (int) Math.ceil(seats * level.shares() / sum);
        int lendable = (int) Math.round(nominal * level.lendablePercent() / 100.0);
        int high = level.borrowingPercent().isPresent()
                ? nominal + (int) Math.round(nominal * level.borrowingPercent().getAsInt() / 100.0)
                : Math.max(nominal, seats);
        return new LevelShare(nominal, nominal - lendable, high, before);
    }

    void note(SeatDemand.Seen latest) {
        seen = latest;
        double envelope = latest.envelope();
        smoothed = envelope > smoothed ? envelope : FADING * smoothed + (1 - FADING) * envelope;
    }

    double smoothed() {
        return smoothed;
    }

    SeatDemand.Seen seen() {
        return seen;
    }

    double target() {
        return target;
    }

    /// What it keeps now whatever others want: what it lately needed of its own, and what it does not lend.
    int floor() {
        return Math.max(low, (int) Math.min(nominal, Math.ceil(seen.most())));
    }

    Allocation.Claim claim(int total) {
        int floor = floor();
        target = Math.max(floor, smoothed);
        return new Allocation.Claim(target, floor, Math.max(floor, Math.min(high, total)));
    }

    int widest() {
        return Math.max(1, (int) Math.round(nominal * WIDEST));
    }
}
