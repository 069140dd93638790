package dev.longshore.builder.checks;

import dev.longshore.builder.commands.Command;
import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.flags.RunFlags;
import dev.longshore.builder.flags.TransferFlags;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The words of an instruction that variables expand in. For one instruction.
final class WordsOf {

    private final StageScope scope;
    private final Line line;
    private final List<TracedWord> words = new ArrayList<>();

    private WordsOf(StageScope scope, Line line) {
        this.scope = scope;
        this.line = line;
    }

    /// Expands those of `command` in `scope`; an ARG declares as it goes, as later ones on its line see earlier
    /// ones.
    ///
    /// @param given arguments from the command line
    /// @param globals arguments from before the first stage
    /// @throws dev.longshore.builder.dockerfile.DockerfileException when one cannot be expanded
    static List<TracedWord> of(
            Command command, StageScope scope, Map<String, String> given, Map<String, String> globals) {
        var reader = new WordsOf(scope, command.line());
        switch (command) {
            case Command.Arg arg -> arg.declarations().forEach(each -> reader.declare(each, given, globals));
            case Command.Env env -> reader.pairs(env.pairs());
            case Command.Label label -> reader.pairs(label.pairs());
            case Command.Run run -> RunFlags.of(run.line(), reader::word);
            case Command.Copy copy -> reader.transfer(copy.places());
            case Command.Add add -> reader.transfer(add.places());
            case Command.WorkDir dir -> reader.word(dir.path());
            case Command.User user -> reader.word(user.user());
            case Command.Volume volume -> volume.paths().forEach(reader::word);
            case Command.StopSignal signal -> reader.word(signal.signal());
            case Command.Expose expose -> expose.ports().forEach(reader::silentWord);
            case Command.From none -> {}
            case Command.Cmd none -> {}
            case Command.Entrypoint none -> {}
            case Command.Shell none -> {}
            case Command.Healthcheck none -> {}
            case Command.Maintainer none -> {}
            case Command.OnBuild none -> {}
        }
        return List.copyOf(reader.words);
    }

    private String word(String text) {
        TracedWord word = scope.trace(line, text);
        words.add(word);
        return word.text();
    }

    /// A port may come from whoever builds: that it is missing shows by itself.
    private void silentWord(String text) {
        TracedWord word = scope.trace(line, text);
        words.add(new TracedWord(word.text(), Set.of()));
    }

    private void pairs(List<Command.Pair> pairs) {
        for (Command.Pair pair : pairs) {
            word(pair.name());
            word(pair.value());
        }
    }

    private void transfer(Command.Places places) {
        places.sources().forEach(this::word);
        word(places.destination());
        TransferFlags.of(line, this::word);
        places.documents().stream()
                .filter(document -> !document.isLiteral())
                .forEach(document -> words.add(scope.traceDocument(line, document.content())));
    }

    private void declare(Command.Declaration declaration, Map<String, String> given, Map<String, String> globals) {
        String name = declaration.name();
        Optional<String> value = Optional.ofNullable(given.get(name));
        if (value.isEmpty()) {
            value = declaration.value().isPresent()
                    ? declaration.value().map(this::word)
                    : Optional.ofNullable(globals.get(name));
        }
        scope.declare(name, value);
    }
}
