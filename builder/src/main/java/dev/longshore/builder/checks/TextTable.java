package dev.longshore.builder.checks;

import java.util.ArrayList;
import java.util.List;

/// Columns that line up, three spaces apart. For one thread.
final class TextTable {

    private static final String GAP = "   ";

    private final List<String[]> rows = new ArrayList<>();

    TextTable(String... titles) {
        rows.add(titles);
    }

    void row(String... cells) {
        rows.add(cells);
    }

    String text() {
        int columns = rows.getFirst().length;
        int[] widths = new int[columns];
        for (String[] row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row[i].codePointCount(0, row[i].length()));
            }
        }
        var text = new StringBuilder();
        for (String[] row : rows) {
            for (int i = 0; i < columns; i++) {
                boolean isLast = i == columns - 1;
                int missing = widths[i] - row[i].codePointCount(0, row[i].length());
                text.append(row[i]).append(isLast ? "" : " ".repeat(missing) + GAP);
            }
            text.append('\n');
        }
        return text.toString();
    }
}
