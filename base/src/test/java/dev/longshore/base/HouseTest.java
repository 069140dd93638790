package dev.longshore.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Keeps the house standing: modules import only from lower floors, as the table allows, and packages inside a
/// module have no circles. Generates the picture of the imports and fails when the committed one is out of
/// date.
class HouseTest {

    private static final Path ROOT = Path.of(System.getProperty("longshore.root", ".."));

    /// Module to floor, lowest first; the order within a floor is that of the parent's module list.
    private static final List<Set<String>> FLOORS = List.of(
            Set.of("base"),
            Set.of("linux", "http", "model"),
            Set.of("store", "kinds", "client", "images"),
            Set.of("apiserver", "controllers", "scheduler", "runtime"),
            Set.of("kubelet", "network", "builder", "autoscaler", "metrics"),
            Set.of("docker", "cli"),
            Set.of("server"),
            Set.of("testkit"),
            Set.of("journeys", "bench"));

    private static final Map<String, Set<String>> MAY_IMPORT = Map.ofEntries(
            Map.entry("base", Set.of()),
            Map.entry("linux", Set.of("base")),
            Map.entry("http", Set.of("base")),
            Map.entry("model", Set.of("base")),
            Map.entry("store", Set.of("base", "http")),
            Map.entry("kinds", Set.of("base", "model")),
            Map.entry("client", Set.of("base", "model", "http")),
            Map.entry("images", Set.of("base", "linux", "http")),
            Map.entry("apiserver", Set.of("base", "model", "http", "store")),
            Map.entry("controllers", Set.of("base", "model", "client", "kinds")),
            Map.entry("scheduler", Set.of("base", "model", "client", "kinds")),
            Map.entry("runtime", Set.of("base", "linux", "http", "images")),
            Map.entry("kubelet", Set.of("base", "linux", "model", "http", "client", "kinds", "runtime")),
            Map.entry("network", Set.of("base", "linux", "model", "http", "client", "kinds", "runtime")),
            Map.entry("metrics", Set.of("base", "model", "http", "client", "kinds")),
            Map.entry("builder", Set.of("base", "images", "runtime")),
            Map.entry("autoscaler", Set.of("base", "model", "client", "kinds", "scheduler")),
            Map.entry("docker", Set.of("base", "http", "images", "runtime", "builder", "network")),
            Map.entry("cli", Set.of("base", "model", "http", "client", "kinds")));

    private static final Pattern ARROW = Pattern.compile("<artifactId>longshore-([a-z]+)</artifactId>");
    private static final Pattern IMPORT =
            Pattern.compile("^import (?:static )?(dev\\.longshore\\.[a-z0-9.]+)\\.[A-Z]", Pattern.MULTILINE);
    private static final Pattern PACKAGE = Pattern.compile("^package ([a-z0-9.]+);", Pattern.MULTILINE);

    @Test
    void everyModuleStandsOnAFloor() {
        assertThat(modules()).allSatisfy(module -> assertThat(floor(module)).isNotNegative());
    }

    @Test
    void modulesImportOnlyWhatTheTableAllows() {
        arrows().forEach((module, targets) -> {
            for (String target : targets) {
                assertThat(floor(target))
                        .as("%s -> %s must point down", module, target)
                        .isLessThan(floor(module));
                if (MAY_IMPORT.containsKey(module)) {
                    assertThat(MAY_IMPORT.get(module))
                            .as("what %s may import", module)
                            .contains(target);
                }
            }
        });
    }

    @Test
    void packagesInsideAModuleHaveNoCircles() {
        for (String module : modules()) {
            Map<String, Set<String>> graph = packageImports(module);
            for (String start : graph.keySet()) {
                assertThat(reachable(graph, start))
                        .as("packages that %s of %s reaches", start, module)
                        .doesNotContain(start);
            }
        }
    }

    @Test
    void thePictureOfTheImportsIsUpToDate() throws IOException {
        Path picture = ROOT.resolve("docs/architecture/imports.md");
        String drawn = picture();
        if (Boolean.getBoolean("longshore.draw")) {
            Files.createDirectories(picture.getParent());
            Files.writeString(picture, drawn);
        }
        assertThat(picture)
                .as("drawn by: mvn -pl base test -Dtest=HouseTest -Dlongshore.draw=true")
                .hasContent(drawn);
    }

    private static String picture() {
        var text = new StringBuilder("""
                # Who imports whom

                Generated by `HouseTest` from the modules' poms; every arrow points down. Production code only.

                ```mermaid
                flowchart TD
                """);
        for (int floor = FLOORS.size() - 1; floor >= 0; floor--) {
            int here = floor;
            List<String> residents =
                    modules().stream().filter(module -> floor(module) == here).toList();
            text.append("  subgraph floor")
                    .append(floor)
                    .append("[floor ")
                    .append(floor)
                    .append("]\n");
            residents.forEach(module -> text.append("    ").append(module).append('\n'));
            text.append("  end\n");
        }
        arrows().forEach((module, targets) -> targets.forEach(target ->
                text.append("  ").append(module).append(" --> ").append(target).append('\n')));
        return text.append("```\n").toString();
    }

    private static int floor(String module) {
        for (int i = 0; i < FLOORS.size(); i++) {
            if (FLOORS.get(i).contains(module)) {
                return i;
            }
        }
        return -1;
    }

    private static List<String> modules() {
        return Pattern.compile("<module>([a-z]+)</module>")
                .matcher(read(ROOT.resolve("pom.xml")))
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    private static Map<String, Set<String>> arrows() {
        var arrows = new TreeMap<String, Set<String>>();
        for (String module : modules()) {
            String pom = read(ROOT.resolve(module).resolve("pom.xml"));
            var targets = new TreeSet<>(ARROW.matcher(pom.substring(pom.indexOf("</parent>")))
                    .results()
                    .map((MatchResult match) -> match.group(1))
                    .toList());
            targets.remove(module);
            arrows.put(module, targets);
        }
        return arrows;
    }

    private static Map<String, Set<String>> packageImports(String module) {
        var graph = new TreeMap<String, Set<String>>();
        String own = "dev.longshore." + module;
        Path sources = ROOT.resolve(module).resolve("src/main/java");
        if (!Files.isDirectory(sources)) {
            return graph;
        }
        try (Stream<Path> files = Files.walk(sources)) {
            files.filter(file -> file.toString().endsWith(".java")).forEach(file -> {
                String text = read(file);
                var name = PACKAGE.matcher(text);
                if (name.find()) {
                    IMPORT.matcher(text)
                            .results()
                            .map(match -> match.group(1))
                            .filter(target -> target.startsWith(own) && !target.equals(name.group(1)))
                            .forEach(target -> graph.computeIfAbsent(name.group(1), n -> new TreeSet<>())
                                    .add(target));
                }
            });
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return graph;
    }

    private static Set<String> reachable(Map<String, Set<String>> graph, String start) {
        var seen = new HashSet<String>();
        Deque<String> open = new ArrayDeque<>(new ArrayList<>(graph.getOrDefault(start, Set.of())));
        while (!open.isEmpty()) {
            String next = open.pop();
            if (seen.add(next)) {
                open.addAll(graph.getOrDefault(next, Set.of()));
            }
        }
        return seen;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
