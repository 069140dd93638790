package dev.longshore.builder.instructions;

import dev.longshore.builder.commands.Command;
import dev.longshore.builder.commands.Commands;
import dev.longshore.builder.dockerfile.Heredocs;
import dev.longshore.builder.dockerfile.Line;
import java.util.List;
import java.util.Optional;

/// What a RUN runs. A here-document that is all there is is the script itself, and runs by itself if it names its
/// interpreter; others are left to the shell, which knows what to do with them.
///
/// @param command with the shell
/// @param file the document that is a program of its own, to be found at `/dev/pipes/NAME`
record RunScript(List<String> command, Optional<Line.Heredoc> file) {

    static RunScript of(Line line, List<String> shell) {
        Command.Invocation invocation = Commands.run(line).invocation();
        if (line.heredocs().isEmpty()) {
            return new RunScript(invocation.with(shell), Optional.empty());
        }
        if (Heredocs.find(line.rest()).isEmpty()) {
            return new RunScript(shellForm(withDocuments(line)).with(shell), Optional.empty());
        }
        Line.Heredoc document = line.heredocs().getFirst();
        if (!document.content().startsWith("#!")) {
            return new RunScript(shellForm(document.content()).with(shell), Optional.empty());
        }
        if (document.name().matches(".*/.*|\\.\\.?")) {
            throw line.wrong("a script cannot be called " + document.name() + ": it becomes a file of that name");
        }
        return new RunScript(shellForm("/dev/pipes/" + document.name()).with(shell), Optional.of(document));
    }

    private static String withDocuments(Line line) {
        var text = new StringBuilder(line.rest());
        for (Line.Heredoc document : line.heredocs()) {
            text.append('\n').append(document.raw()).append(document.name());
        }
        return text.toString();
    }

    private static Command.Invocation shellForm(String text) {
        return new Command.Invocation(List.of(text), true);
    }
}
