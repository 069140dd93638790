package dev.longshore.server;

import dev.longshore.base.Json;
import dev.longshore.base.Yaml;
import dev.longshore.cli.CommandFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import tools.jackson.databind.JsonNode;

/// A YAML file that may hold every flag of a command under its own name (`api-port: 7443`); flags on the
/// command line
// win.
final class ConfigFile implements CommandLine.IDefaultValueProvider {

    private final Path file;
    private final JsonNode tree;

    private ConfigFile(Path file, JsonNode tree) {
        this.file = file;
        this.tree = tree;
    }

    /// Reads the file that `--config` names in `arguments`, and gives its values to the subcommand of `line` as
    // defaults.
    static void apply(CommandLine line, List<String> arguments) {
        CommandLine command = arguments.isEmpty() ? null : line.getSubcommands().get(arguments.getFirst());
        if (command == null) {
            return;
        }
        named(arguments).ifPresent(file -> {
            var config = new ConfigFile(file, read(file));
            config.refuseUnknownKeys(command.getCommandSpec());
            command.setDefaultValueProvider(config);
        });
    }

    @Override
    public String defaultValue(CommandLine.Model.ArgSpec argument) {
        if (argument instanceof OptionSpec option) {
            JsonNode value = tree.path(key(option));
            if (value.isMissingNode() || value.isNull()) {
                return null;
            }
            return value.isArray() ? lines(value) : value.asString();
        }
        return null;
    }

    /// Flags that may be given several times are split at ends of lines.
    private static String lines(JsonNode values) {
        var lines = new ArrayList<String>();
        values.forEach(value -> lines.add(value.asString()));
        return String.join("\n", lines);
    }

    private void refuseUnknownKeys(CommandSpec command) {
        var known = new ArrayList<String>();
        command.options().forEach(option -> known.add(key(option)));
        tree.properties().forEach(entry -> {
            if (!known.contains(entry.getKey())) {
                throw new CommandFailure("%s: unknown key \"%s\"; known are %s"
                        .formatted(
                                file,
                                entry.getKey(),
                                String.join(", ", known.stream().sorted().toList())));
            }
        });
    }

    private static String key(OptionSpec option) {
        return option.longestName().substring(2);
    }

    private static java.util.Optional<Path> named(List<String> arguments) {
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (argument.startsWith("--config=")) {
                return java.util.Optional.of(Path.of(argument.substring("--config=".length())));
            }
            if (argument.equals("--config") && i + 1 < arguments.size()) {
                return java.util.Optional.of(Path.of(arguments.get(i + 1)));
            }
        }
        return java.util.Optional.empty();
    }

    private static JsonNode read(Path file) {
        try {
            JsonNode tree = Yaml.parse(Files.readString(file));
            if (!tree.isObject()) {
                throw new CommandFailure(file + ": must be a YAML mapping of flags, as `api-port: 6443`");
            }
            return tree;
        } catch (IOException unreadable) {
            throw new CommandFailure("--config: cannot read " + file + ": " + unreadable.getMessage(), unreadable);
        } catch (Json.MalformedException notYaml) {
            throw new CommandFailure("--config: " + file + " is not YAML: " + notYaml.getMessage(), notYaml);
        }
    }
}
