package dev.longshore.server;

import java.io.PrintWriter;
import java.time.Duration;

/// Tells the user what start and stop are at: on a terminal a line that is being worked on and ticked off,
/// elsewhere a plain line for each finished step. Thread-safe.
final class Progress {

    private final PrintWriter out;
    private final boolean isTerminal;
    private boolean lineIsOpen;

    Progress(PrintWriter out, boolean isTerminal) {
        this.out = out;
        this.isTerminal = isTerminal;
    }

    /// `what` has begun.
    synchronized void begin(String what) {
        if (isTerminal) {
            out.print("\r\u001b[K  … " + what);
            out.flush();
            lineIsOpen = true;
        }
    }

    /// The step is done, after `took`.
    synchronized void done(String what, String detail, Duration took) {
        String time = took.toMillis() + " ms";
        print("  ✓ %-16s %s%s"
                .formatted(what, detail, isTerminal ? "\u001b[2m  " + time + "\u001b[0m" : "  (" + time + ")"));
    }

    /// Something worth knowing.
    synchronized void say(String line) {
        print(line);
    }

    private void print(String line) {
        if (lineIsOpen) {
            out.print("\r\u001b[K");
            lineIsOpen = false;
        }
        out.println(line);
        out.flush();
    }
}
