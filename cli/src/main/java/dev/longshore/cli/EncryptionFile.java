package dev.longshore.cli;

import dev.longshore.base.Json;
import dev.longshore.base.WholeFile;
import dev.longshore.base.Yaml;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A file with keys, an `EncryptionConfiguration`, as `encryption init` and `encryption rotate` write it: only its
/// owner may read it, and it is there as a whole or not at all.
final class EncryptionFile {

    private static final int KEY_BYTES = 32;
    private static final String PROVIDER = "aesgcm";

    private final Path file;
    private final SecureRandom randomness;

    EncryptionFile(Path file, SecureRandom randomness) {
        this.file = file;
        this.randomness = randomness;
    }

    /// A new one, with one key for `resources`; what was stored before in plain text stays readable.
    ///
    /// @throws CommandFailure when there is a file already, or it cannot be written
    void create(List<String> resources) {
        if (Files.exists(file)) {
            throw new CommandFailure(
                    file + " is there already; `longshore encryption rotate` puts another key into it");
        }
        ObjectNode tree =
                Json.object().put("apiVersion", "apiserver.config.k8s.io/v1").put("kind", "EncryptionConfiguration");
        ObjectNode entry = tree.putArray("resources").addObject();
        resources.forEach(entry.putArray("resources")::add);
        ArrayNode providers = entry.putArray("providers");
        addKey(providers.addObject().putObject(PROVIDER).putArray("keys"), "key1");
        providers.addObject().putObject("identity");
        write(tree);
    }

    /// Puts a new key before the others of every entry.
    ///
    /// @return its name
    /// @throws CommandFailure when the file cannot be read or written
    String rotate() {
        JsonNode tree = read();
        String name = freeName(tree);
        boolean isRotated = false;
        for (JsonNode entry : tree.path("resources")) {
            if (entry.path("providers") instanceof ArrayNode providers) {
                rotate(providers, name);
                isRotated = true;
            }
        }
        if (!isRotated) {
            throw new CommandFailure(file + " names no resources with providers");
        }
        write(tree);
        return name;
    }

    /// The first provider is what is written with: a new one is put there if it is another.
    private void rotate(ArrayNode providers, String name) {
        boolean isFirst = providers.path(0).path(PROVIDER).path("keys") instanceof ArrayNode;
        if (!isFirst) {
            providers.insertObject(0).putObject(PROVIDER).putArray("keys");
        }
        var keys = (ArrayNode) providers.path(0).path(PROVIDER).path("keys");
        keys.insert(0, key(name));
    }

    private static String freeName(JsonNode tree) {
        Set<String> taken = new HashSet<>();
        tree.findValues("keys")
                .forEach(keys -> keys.forEach(key -> taken.add(key.path("name").asString(""))));
        int number = taken.size() + 1;
        while (taken.contains("key" + number)) {
            number++;
        }
        return "key" + number;
    }

    private void addKey(ArrayNode keys, String name) {
        keys.add(key(name));
    }

    private ObjectNode key(String name) {
        byte[] secret = new byte[KEY_BYTES];
        randomness.nextBytes(secret);
        return Json.object().put("name", name).put("secret", Base64.getEncoder().encodeToString(secret));
    }

    private JsonNode read() {
        try {
            return Yaml.parse(Files.readString(file));
        } catch (IOException unreadable) {
            throw new CommandFailure("cannot read " + file + ": " + unreadable.getMessage(), unreadable);
        } catch (Json.MalformedException notYaml) {
            throw new CommandFailure(file + " is not YAML", notYaml);
        }
    }

    private void write(JsonNode tree) {
        try {
            WholeFile.writePrivately(file.toAbsolutePath(), Yaml.print(tree).getBytes(StandardCharsets.UTF_8));
        } catch (IOException denied) {
            throw new CommandFailure("cannot write " + file + ": " + denied.getMessage(), denied);
        }
    }
}
