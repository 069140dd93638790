package dev.longshore.server;

import dev.longshore.server.pki.CertificateState;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Certificates in columns, as `kubeadm certs check-expiration` has them.
final class CertificateTable {

    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("MMM dd, yyyy HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final int GAP = 3;
    private static final int DAYS_OF_YEAR = 365;

    private CertificateTable() {}

    static void print(List<CertificateState> states, Instant now, PrintWriter out) {
        var leaves = new ArrayList<List<String>>();
        leaves.add(List.of("CERTIFICATE", "EXPIRES", "RESIDUAL TIME", "CERTIFICATE AUTHORITY", "EXTERNALLY MANAGED"));
        var roots = new ArrayList<List<String>>();
        roots.add(List.of("CERTIFICATE AUTHORITY", "EXPIRES", "RESIDUAL TIME", "EXTERNALLY MANAGED"));
        for (CertificateState state : states) {
            String external = state.isExternal() ? "yes" : "no";
            String end = DATE.format(state.end());
            String left = residual(Duration.between(now, state.end()));
            if (state.isAuthority()) {
                roots.add(List.of(state.name(), end, left, external));
            } else {
                leaves.add(List.of(state.name(), end, left, state.authority(), external));
            }
        }
        print(leaves, out);
        out.println();
        print(roots, out);
        out.flush();
    }

    private static void print(List<List<String>> rows, PrintWriter out) {
        for (List<String> row : rows) {
            var line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                int place = column;
                int width = rows.stream()
                        .mapToInt(other -> other.get(place).length())
                        .max()
                        .orElse(0);
                line.append(row.get(column)).repeat(' ', width - row.get(column).length() + GAP);
            }
            out.println(line.toString().stripTrailing());
        }
    }

    /// One number, of the largest unit that fits.
    static String residual(Duration left) {
        if (left.isNegative() || left.isZero()) {
            return "expired";
        }
        if (left.toDays() >= DAYS_OF_YEAR) {
            return left.toDays() / DAYS_OF_YEAR + "y";
        }
        if (left.toDays() > 0) {
            return left.toDays() + "d";
        }
        if (left.toHours() > 0) {
            return left.toHours() + "h";
        }
        return left.toMinutes() > 0 ? left.toMinutes() + "m" : left.toSeconds() + "s";
    }

    /// When it ends, for people.
    static String date(Instant end) {
        return DATE.format(end);
    }
}
