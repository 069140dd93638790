package dev.longshore.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.GroupVersionKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Holds `docs/features.md`, which counts rules by kind, and `docs/validation.md`, which names the kinds that have
/// none of their own, to the tables under `rules/`: what the pages count is what is tested. With
/// `-Dlongshore.writePages=true` it writes them anew.
class ValidationPageTest {

    private static final Path DOCS = Path.of(System.getProperty("longshore.root", ".."), "docs");
    private static final String TABLE = "| kind | defaults | validations | update rules | warnings | not in |\n";
    private static final String LIST = "Kinds without a table of their own:\n\n";

    @Test
    void theFeaturesCountWhatIsTested() throws IOException {
        holds(DOCS.resolve("features.md"), TABLE, table());
    }

    @Test
    void thePageNamesTheKindsWithoutATable() throws IOException {
        holds(DOCS.resolve("validation.md"), LIST, untested());
    }

    private static void holds(Path file, String head, String lines) throws IOException {
        String page = Files.readString(file);
        assertThat(page).contains(head);
        String counted = replaced(page, head, lines);
        if (Boolean.getBoolean("longshore.writePages")) {
            Files.writeString(file, counted);
            return;
        }
        assertThat(page)
                .as("mvn -pl kinds -am test -Dtest=ValidationPageTest -Dlongshore.writePages=true"
                        + " -Dsurefire.failIfNoSpecifiedTests=false writes it anew")
                .isEqualTo(counted);
    }

    /// The page with the lines after `head`, up to the next empty one, replaced.
    private static String replaced(String page, String head, String lines) {
        int start = page.indexOf(head) + head.length();
        int end = page.indexOf("\n\n", start);
        return page.substring(0, start) + lines + (end < 0 ? "" : page.substring(end + 1));
    }

    private static String table() {
        var rows = new StringBuilder("| --- | ---: | ---: | ---: | ---: | --- |\n");
        var all = new Counts();
        byKind().forEach((kind, tables) -> {
            var counts = new Counts();
            tables.forEach(counts::add);
            tables.forEach(all::add);
            rows.append(counts.row(kind, String.join("; ", missing(tables))));
        });
        return rows.append(all.row("all", "")).toString();
    }

    private static List<String> missing(List<RuleTable> tables) {
        return tables.stream()
                .map(table -> table.missing().replace("|", "\\|"))
                .filter(text -> !text.isEmpty())
                .toList();
    }

    private static String untested() {
        var tested = byKind().keySet();
        var missing = new TreeSet<String>();
        for (var kind : new Cluster().kinds) {
            GroupVersionKind name = kind.kind();
            missing.add("- " + name.apiVersion() + " " + name.kind() + "\n");
        }
        tested.forEach(kind -> missing.remove("- " + kind + "\n"));
        return String.join("", missing);
    }

    private static Map<String, List<RuleTable>> byKind() {
        var tables = new LinkedHashMap<String, List<RuleTable>>();
        for (RuleTable table : RuleTable.all()) {
            tables.computeIfAbsent(table.shownKind(), name -> new ArrayList<>()).add(table);
        }
        return tables;
    }

    /// How much the tables of a kind test.
    private static final class Counts {
        private long defaults;
        private long validations;
        private long updates;
        private long warnings;

        void add(RuleTable table) {
            defaults += table.defaults().size();
            validations += said(table.refused());
            updates += said(table.changes()) + said(table.statuses());
            warnings += said(table.warnings());
        }

        private static long said(List<RuleTable.Case> cases) {
            return cases.stream().mapToLong(one -> one.said().size()).sum();
        }

        String row(String kind, String missing) {
            return "| " + kind + " | " + defaults + " | " + validations + " | " + updates + " | " + warnings + " | "
                    + missing + " |\n";
        }
    }
}
