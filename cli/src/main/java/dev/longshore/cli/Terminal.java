package dev.longshore.cli;

import dev.longshore.base.Time;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Scanner;

/// The terminal that the command was started from.
final class Terminal {

    private static final int USUAL_ROWS = 24;
    private static final int USUAL_COLUMNS = 80;

    private Terminal() {}

    /// True if somebody watches.
    static boolean isThere() {
        return System.console() != null && System.console().isTerminal() && !"dumb".equals(System.getenv("TERM"));
    }

    /// A view of a build, painting on `out`, as large as the terminal is.
    static BuildView view(PrintWriter out, Time time) {
        int[] size = size();
        var view = new TerminalBuildView(out, time, size[1], size[0]);
        view.start();
        return view;
    }

    /// Rows and columns: Java does not know them, `stty` does.
    private static int[] size() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(new File("/dev/tty"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (var answer = new Scanner(stty.getInputStream(), StandardCharsets.US_ASCII)) {
                int rows = answer.hasNextInt() ? answer.nextInt() : 0;
                int columns = answer.hasNextInt() ? answer.nextInt() : 0;
                return new int[] {rows > 0 ? rows : USUAL_ROWS, columns > 0 ? columns : USUAL_COLUMNS};
            }
        } catch (IOException none) {
            return new int[] {USUAL_ROWS, USUAL_COLUMNS};
        }
    }
}
