package dev.longshore.kinds.build;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/// Runs while this module is built: makes the schemas of the built-in kinds from the official model library
/// (fields, types, required, descriptions) and the project's own tables (names of definitions, how lists merge,
/// what the library's types do not tell). Writes one file per package, one line per definition: `NAME TAB
/// SCHEMA`.
///
/// Arguments: the folder of the tables, the folder to write to. Does nothing when all inputs are those of last
/// time.
public final class SchemaGenerator {

    private static final String MODELS = "io.kubernetes.client.openapi.models.";

    private final Map<String, Class<?>> classes = new TreeMap<>();
    private final List<String> packages = new ArrayList<>();

    private SchemaGenerator() {}

    /// The entry point.
    public static void main(String[] arguments) throws IOException, ClassNotFoundException {
        Path tables = Path.of(arguments[0]);
        Path target = Path.of(arguments[1]);
        Path stamp = target.resolve("stamp.txt");
        String inputs = fingerprint(tables);
        if (Files.exists(stamp) && Files.readString(stamp).equals(inputs)) {
            return;
        }
        new SchemaGenerator().generate(tables, target);
        Files.writeString(stamp, inputs);
    }

    private static String fingerprint(Path tables) throws IOException, ClassNotFoundException {
        var all = new ByteArrayOutputStream();
        for (String table : List.of(
                "definitions.txt",
                "merge-facts.tsv",
                "type-facts.tsv",
                "option-versions.txt",
                "unions.tsv",
                "enum-facts.tsv")) {
            all.write(Files.readAllBytes(tables.resolve(table)));
        }
        for (Class<?> own :
                List.of(SchemaGenerator.class, ModelReader.class, ExtensionReader.class, EnumReader.class)) {
            try (var code = own.getResourceAsStream(own.getSimpleName() + ".class")) {
                all.write(code.readAllBytes());
            }
        }
        Class<?> pod = Class.forName(MODELS + "V1Pod");
        all.write(pod.getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toString()
                .getBytes(StandardCharsets.UTF_8));
        return Digest.sha256(all.toByteArray()).toString();
    }

    private void generate(Path tables, Path target) throws IOException {
        readDefinitions(tables.resolve("definitions.txt"));
        var reader = new ModelReader(
                classes, rows(tables.resolve("merge-facts.tsv")), rows(tables.resolve("type-facts.tsv")));
        var files = new LinkedHashMap<String, StringBuilder>();
        packages.forEach(name -> files.put(name, new StringBuilder()));
        var extensions = new ExtensionReader(
                rows(tables.resolve("option-versions.txt")).stream()
                        .map(row -> row[0])
                        .toList(),
                rows(tables.resolve("unions.tsv")));
        var enums = new EnumReader(rows(tables.resolve("enum-facts.tsv")));
        classes.forEach((name, model) -> {
            ObjectNode schema = reader.read(name, model);
            extensions.extend(schema, name, model);
            enums.extend(schema, name);
            append(files, name, schema);
        });
        enums.requireAllUsed();
        reader.special().forEach((name, schema) -> append(files, name, schema));
        Files.createDirectories(target);
        for (var file : files.entrySet()) {
            Files.writeString(target.resolve(file.getKey() + ".tsv"), file.getValue());
        }
        Files.writeString(target.resolve("packages.txt"), String.join("\n", files.keySet()) + "\n");
    }

    private static void append(Map<String, StringBuilder> files, String name, ObjectNode schema) {
        int dot = name.lastIndexOf('.');
        files.computeIfAbsent(name.substring(0, dot), unseen -> new StringBuilder())
                .append(name, dot + 1, name.length())
                .append('\t')
                .append(new String(Json.bytes(schema), StandardCharsets.UTF_8))
                .append('\n');
    }

    private void readDefinitions(Path file) throws IOException {
        String inPackage = "";
        for (String line : Files.readAllLines(file)) {
            if (line.startsWith("#")) {
                continue;
            }
            if (!line.startsWith(" ")) {
                inPackage = line.strip();
                packages.add(inPackage);
                continue;
            }
            for (String name : line.strip().split(" ")) {
                classes.put(inPackage + "." + name, modelOf(inPackage, name));
            }
        }
    }

    /// The library puts the version before the name and, where two groups share both, the group before that.
    private static Class<?> modelOf(String inPackage, String name) {
        String[] steps = inPackage.split("\\.");
        String version = steps[steps.length - 1];
        String group = steps[steps.length - 2];
        String simple = Character.toUpperCase(version.charAt(0)) + version.substring(1) + name;
        String qualified = Character.toUpperCase(group.charAt(0)) + group.substring(1) + simple;
        for (String candidate : List.of(qualified, simple, name.equals("Info") ? "VersionInfo" : name)) {
            try {
                return Class.forName(MODELS + candidate);
            } catch (ClassNotFoundException next) {
                continue;
            }
        }
        throw new IllegalStateException("no model class for " + inPackage + "." + name);
    }

    private static List<String[]> rows(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .filter(line -> !line.startsWith("#") && !line.isBlank())
                .map(line -> line.split("\t", -1))
                .toList();
    }
}
