package dev.longshore.builder.checks;

import java.util.ArrayList;
import java.util.List;

/// Columns that line up. For one thread.
final class TextTable {

    private static final String USUAL_GAP = "   ";

    private final String gap;
    private final List<String[]> rows = new ArrayList<>();

    /// With three spaces between columns.
    TextTable(String... titles) {
        this(USUAL_GAP, List.of(titles));
    }

    TextTable(String gap, List<String> titles) {
        this.gap = gap;
        rows.add(titles.toArray(String[]::new));
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
                text.append(row[i]).append(isLast ? "" : " ".repeat(missing) + gap);
            }
            text.append('\n');
        }
        return text.toString();
    }
}
