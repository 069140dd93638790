package dev.longshore.cli;

import dev.longshore.base.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import tools.jackson.databind.node.ObjectNode;

/// What a build needs that belongs into no query: it is sent as one line before the context.
final class BuildSecrets {

    private static final long LARGEST = 500 << 10;

    private final Function<String, Optional<String>> environment;
    private final ObjectNode line = Json.object();

    /// @param environment looks up a variable
    BuildSecrets(Function<String, Optional<String>> environment) {
        this.environment = environment;
        line.putObject("secrets");
        line.putObject("ssh");
    }

    /// Reads `--secret` and `--ssh` options.
    ///
    /// @throws CommandFailure when one is not to be had
    BuildSecrets with(List<String> secrets, List<String> agents) {
        secrets.forEach(this::secret);
        agents.forEach(this::agent);
        return this;
    }

    /// Announces contexts that are given by name.
    BuildSecrets with(NamedContextOption contexts) {
        line.set("contexts", contexts.list());
        return this;
    }

    /// The line, with its end.
    byte[] line() {
        return line(line);
    }

    /// The same, with the context being `directory` rather than what follows.
    byte[] line(LocalContext directory) {
        ObjectNode whole = line.deepCopy();
        whole.set("directory", directory.json());
        return line(whole);
    }

    private static byte[] line(ObjectNode tree) {
        return (new String(Json.bytes(tree), StandardCharsets.UTF_8) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /// `id=ID[,src=FILE|,env=NAME]`; without either the variable called like the secret, or else the file.
    private void secret(String text) {
        Map<String, String> fields = CsvFields.read("--secret", text);
        var unknown = new TreeSet<>(fields.keySet());
        unknown.removeAll(Set.of("id", "src", "source", "env", "type"));
        String id = fields.getOrDefault("id", "");
        if (id.isEmpty() || !unknown.isEmpty()) {
            throw new CommandFailure("--secret: write id=ID,src=FILE or id=ID,env=NAME");
        }
        String file = fields.getOrDefault("src", fields.getOrDefault("source", ""));
        String variable = fields.getOrDefault("env", "");
        String type = fields.getOrDefault("type", "");
        if (variable.isEmpty() && type.equals("env")) {
            variable = file.isEmpty() ? id : file;
            file = "";
        }
        if (variable.isEmpty() && file.isEmpty()) {
            boolean isVariable = !type.equals("file") && environment.apply(id).isPresent();
            variable = isVariable ? id : "";
            file = isVariable ? "" : id;
        }
        byte[] value = file.isEmpty() ? variable(id, variable) : file(id, Path.of(file));
        line.withObject("/secrets").put(id, Base64.getEncoder().encodeToString(value));
    }

    private byte[] variable(String id, String name) {
        return environment
                .apply(name)
                .orElseThrow(() -> new CommandFailure("--secret " + id + ": the variable " + name + " is not set"))
                .getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] file(String id, Path file) {
        try {
            if (Files.size(file) > LARGEST) {
                throw new CommandFailure("--secret " + id + ": " + file + " has more than " + LARGEST + " bytes");
            }
            return Files.readAllBytes(file);
        } catch (IOException unreadable) {
            throw new CommandFailure("--secret " + id + ": cannot read " + file, unreadable);
        }
    }

    /// `default`, or `ID=SOCKET`.
    private void agent(String text) {
        int equals = text.indexOf('=');
        String id = equals < 0 ? text : text.substring(0, equals);
        String socket = equals < 0
                ? environment
                        .apply("SSH_AUTH_SOCK")
                        .orElseThrow(() -> new CommandFailure(
                                "--ssh " + id + ": SSH_AUTH_SOCK is not set; start an agent, or name its socket"))
                : text.substring(equals + 1);
        Path place = Path.of(socket).toAbsolutePath();
        if (Files.isRegularFile(place)) {
            throw new CommandFailure("--ssh " + id + ": " + socket
                    + " is a key; add it to an agent (ssh-add) and name the agent's socket");
        }
        if (!Files.exists(place)) {
            throw new CommandFailure("--ssh " + id + ": there is no socket " + socket);
        }
        line.withObject("/ssh").put(id, place.toString());
    }
}
