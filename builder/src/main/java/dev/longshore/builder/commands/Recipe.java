package dev.longshore.builder.commands;

import dev.longshore.builder.dockerfile.Dockerfile;
import dev.longshore.builder.dockerfile.DockerfileException;
import dev.longshore.builder.dockerfile.Line;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A whole Dockerfile, read and checked: what is declared before the first stage, and the stages.
///
/// @param globals the ARGs before the first FROM
/// @param stages in order; at least one
public record Recipe(Dockerfile file, List<Command.Arg> globals, List<Stage> stages) {

    public Recipe {
        globals = List.copyOf(globals);
        stages = List.copyOf(stages);
    }

    /// A FROM and what follows it.
    ///
    /// @param index from 0
    public record Stage(int index, Command.From from, List<Command> commands) {
        public Stage {
            commands = List.copyOf(commands);
        }

        /// True if `text` means this stage: by its name, case aside, or by its number.
        public boolean isCalled(String text) {
            return text.equals(String.valueOf(index))
                    || from.name().filter(text.toLowerCase(Locale.ROOT)::equals).isPresent();
        }
    }

    /// Reads every line of `file`.
    ///
    /// @throws DockerfileException when one is wrong
    public static Recipe of(Dockerfile file) {
        var globals = new ArrayList<Command.Arg>();
        var stages = new ArrayList<Stage>();
        var commands = new ArrayList<Command>();
        Optional<Command.From> current = Optional.empty();
        for (Line line : file.lines()) {
            Command command = Commands.read(line);
            if (command instanceof Command.From from) {
                current.ifPresent(begun -> stages.add(new Stage(stages.size(), begun, commands)));
                commands.clear();
                current = Optional.of(from);
            } else if (current.isPresent()) {
                commands.add(command);
            } else if (command instanceof Command.Arg global) {
                globals.add(global);
            } else {
                throw line.wrong("no build stage in current context: a Dockerfile begins with FROM");
            }
        }
        if (current.isEmpty()) {
            throw file.lines().getLast().wrong("no build stage in current context");
        }
        stages.add(new Stage(stages.size(), current.get(), commands));
        return new Recipe(file, globals, stages);
    }

    /// What the last stage is called, if it is.
    public Optional<String> lastName() {
        return stages.getLast().from().name();
    }

    /// The last stage that `text` means, by name or by number.
    public Optional<Stage> find(String text) {
        return stages.stream().filter(stage -> stage.isCalled(text)).reduce((earlier, later) -> later);
    }
}
