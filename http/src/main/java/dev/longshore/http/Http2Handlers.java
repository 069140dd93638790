package dev.longshore.http;

import java.util.ArrayDeque;
import java.util.Deque;

/// The requests of one HTTP/2 connection that are worked on, of which there is a limited number. A stream that the
/// peer resets is over for the protocol at once, but its handler only when it notices: so handlers are counted, not
/// streams. Whoever opens and resets streams without end (CVE-2023-44487) waits in a line, and loses the connection
/// when that is full, as with Go's server. Thread-safe.
///
/// ```
/// start ──► running ──ended──► gone          of the line, requests whose peer has gone meanwhile are never begun
///   └─────► line ──────▲
/// ```
final class Http2Handlers {

    /// As many times the running ones may wait.
    private static final int LINE = 4;

    private final int most;
    private final Deque<ExchangeRun> line = new ArrayDeque<>();
    private int running;

    Http2Handlers(int most) {
        this.most = most;
    }

    /// Begins `run`, now or when another has ended; false if too many wait.
    boolean start(ExchangeRun run) {
        synchronized (this) {
            if (running >= most) {
                return line.size() < most * LINE && line.add(run);
            }
            running++;
        }
        run.start(this::ended);
        return true;
    }

    private void ended() {
        ExchangeRun next;
        synchronized (this) {
            do {
                next = line.poll();
            } while (next != null && next.isPeerGone());
            if (next == null) {
                running--;
                return;
            }
        }
        next.start(this::ended);
    }
}
