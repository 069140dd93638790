package dev.longshore.linux;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// Runs nothing: keeps what it was asked to run and answers as told. For tests. Thread-safe.
public final class RecordingCommands implements Commands {

    private final List<Command> commands = new ArrayList<>();
    private final Function<Command, Result> answers;

    /// Answers everything with success and silence.
    public RecordingCommands() {
        this(command -> new Result(0, "", ""));
    }

    /// Answers as `answers` says.
    public RecordingCommands(Function<Command, Result> answers) {
        this.answers = answers;
    }

    @Override
    public synchronized Result run(Command command) {
        commands.add(command);
        return answers.apply(command);
    }

    /// What was run, oldest first.
    public synchronized List<Command> commands() {
        return List.copyOf(commands);
    }

    /// The same as command lines.
    public synchronized List<String> lines() {
        return commands.stream().map(Command::toString).toList();
    }
}
