package dev.longshore.apiserver.flow;

import java.util.ArrayList;
import java.util.List;

/// How many seats each level gets until the next look: lenders lend what they do not use, borrowers get it in
/// proportion to what they want. Exempt levels take what they need first, since nothing holds them back.
final class Lending {

    private Lending() {}

    /// @param lots in any order
    /// @return for each of `lots` its seats
    static int[] adjust(List<Lot> lots) {
        int total = lots.stream().mapToInt(lot -> lot.share.nominal).sum();
        int exempt = lots.stream()
                .filter(Lot::isExempt)
                .mapToInt(lot -> exempt(lot.share))
                .sum();
        var limited = new ArrayList<LevelShare>();
        lots.stream().filter(lot -> !lot.isExempt).forEach(lot -> limited.add(lot.share));
        double[] parts = parts(total - exempt, total, limited);
        int[] seats = new int[lots.size()];
        int next = 0;
        for (int i = 0; i < seats.length; i++) {
            LevelShare share = lots.get(i).share;
            // A level that has seats of its own never falls to none: its next request would wait for the next look.
            int least = share.nominal > 0 ? 1 : 0;
            seats[i] = lots.get(i).isExempt ? exempt(share) : Math.max(least, (int) Math.round(parts[next++]));
        }
        return seats;
    }

    /// One level's share.
    record Lot(LevelShare share, boolean isExempt) {}

    private static int exempt(LevelShare share) {
        return Math.max(share.low, (int) Math.ceil(share.seen().most()));
    }

    private static double[] parts(int left, int total, List<LevelShare> limited) {
        int lowest = limited.stream().mapToInt(share -> share.low).sum();
        var claims = limited.stream().map(share -> share.claim(total)).toList();
        int floors = limited.stream().mapToInt(LevelShare::floor).sum();
        if (left <= lowest) {
            return limited.stream().mapToDouble(share -> share.low).toArray();
        }
        if (left <= floors) {
            double part = (double) (left - lowest) / (floors - lowest);
            return limited.stream()
                    .mapToDouble(share -> share.low + (share.floor() - share.low) * part)
                    .toArray();
        }
        return Allocation.share(left, claims);
    }
}
