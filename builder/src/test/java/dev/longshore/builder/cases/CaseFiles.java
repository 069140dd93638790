package dev.longshore.builder.cases;

import dev.longshore.base.Json;
import dev.longshore.base.Yaml;
import dev.longshore.builder.cases.Case.Expected;
import dev.longshore.builder.cases.Case.Peer;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// Reads the cases: a file per theme in this package's resources, a document per case. A word that is not known is an
/// error, so that nothing is expected in vain.
final class CaseFiles {

    private static final Set<String> WORDS = Set.of(
            "name",
            "dockerfile",
            "files",
            "web",
            "before",
            "arguments",
            "labels",
            "secrets",
            "target",
            "platform",
            "tree",
            "config",
            "history",
            "log",
            "error",
            "buildah");

    private CaseFiles() {}

    /// All of them, by theme and in their order there.
    static List<Case> all() throws IOException, URISyntaxException {
        Path folder = Path.of(Objects.requireNonNull(CaseFiles.class.getResource("copy.yaml"))
                        .toURI())
                .getParent();
        var cases = new ArrayList<Case>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList()) {
                String theme = file.getFileName().toString().replace(".yaml", "");
                for (JsonNode document : Yaml.parseAll(Files.readString(file))) {
                    cases.add(read(theme, document));
                }
            }
        }
        return cases;
    }

    private static Case read(String theme, JsonNode document) {
        String name = theme + ": " + document.path("name").asString("");
        for (String word : document.propertyNames()) {
            if (!WORDS.contains(word)) {
                throw new IllegalArgumentException("%s: what is %s?".formatted(name, word));
            }
        }
        var order = new Order(
                texts(document.path("arguments")),
                texts(document.path("labels")),
                texts(document.path("secrets")),
                text(document.path("target")),
                text(document.path("platform")));
        return new Case(
                name,
                document.path("dockerfile").stringValue(),
                document.path("files"),
                document.path("web"),
                texts(document.path("before")),
                order,
                expected(document),
                peer(document.path("buildah")));
    }

    private static Expected expected(JsonNode document) {
        List<String> log = list(document.path("log"));
        if (document.has("error")) {
            return new Expected.Refused(document.path("error").stringValue().strip(), log);
        }
        JsonNode config = document.path("config");
        return new Expected.Built(
                new TreeMap<>(texts(document.path("tree"))),
                config.isMissingNode() ? Json.object() : config,
                list(document.path("history")),
                log);
    }

    private static Peer peer(JsonNode node) {
        return node.isString()
                ? new Peer.Other(node.stringValue())
                : new Peer.Same(texts(node.path("tree")), texts(node.path("config")));
    }

    private static Map<String, String> texts(JsonNode node) {
        var texts = new LinkedHashMap<String, String>();
        node.properties()
                .forEach(entry -> texts.put(entry.getKey(), entry.getValue().stringValue()));
        return texts;
    }

    private static List<String> list(JsonNode node) {
        return node.valueStream().map(JsonNode::stringValue).toList();
    }

    private static Optional<String> text(JsonNode node) {
        return node.isMissingNode() ? Optional.empty() : Optional.of(node.stringValue());
    }
}
