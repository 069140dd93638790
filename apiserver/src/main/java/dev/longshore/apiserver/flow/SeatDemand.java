package dev.longshore.apiserver.flow;

/// How many seats a level wanted since the last look: in use and waited for, weighed by time. Guarded by its
/// level's lock.
final class SeatDemand {

    private long since;
    private long last;
    private double current;
    private double sum;
    private double squares;
    private double most;

    SeatDemand(long now) {
        since = now;
        last = now;
    }

    void set(double demand, long now) {
        count(now);
        current = demand;
        most = Math.max(most, demand);
    }

    /// What was seen; begins anew.
    Seen reset(long now) {
        count(now);
        double span = now - since;
        double mean = span <= 0 ? current : sum / span;
        double variance = span <= 0 ? 0 : Math.max(0, squares / span - mean * mean);
        var seen = new Seen(mean, Math.sqrt(variance), most);
        since = now;
        sum = 0;
        squares = 0;
        most = current;
        return seen;
    }

    private void count(long now) {
        double span = now - last;
        if (span > 0) {
            sum += current * span;
            squares += current * current * span;
            last = now;
        }
    }

    /// Of one span of time.
    record Seen(double mean, double deviation, double most) {

        /// What the level may want next, as far as one can tell.
        double envelope() {
            return Math.min(mean + deviation, most);
        }
    }
}
