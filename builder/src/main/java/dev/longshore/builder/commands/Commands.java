package dev.longshore.builder.commands;

import dev.longshore.builder.dockerfile.GoText;
import dev.longshore.builder.dockerfile.Heredocs;
import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.dockerfile.Suggestion;
import dev.longshore.builder.flags.OtherFlags;
import dev.longshore.builder.flags.RunFlags;
import dev.longshore.builder.flags.TransferFlags;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/// Reads lines into commands. Every reader throws a
/// [dev.longshore.builder.dockerfile.DockerfileException] that says what is wrong with the line.
public final class Commands {

    private static final Pattern STAGE_NAME = Pattern.compile("[a-z][a-z0-9_.-]*");
    private static final Set<String> NO_TRIGGERS = Set.of("FROM", "MAINTAINER");
    private static final int WITH_NAME = 3;
    private static final Map<String, Function<Line, Command>> READERS = readers();

    private Commands() {}

    private static Map<String, Function<Line, Command>> readers() {
        var readers = new LinkedHashMap<String, Function<Line, Command>>();
        readers.put("ADD", Commands::add);
        readers.put("ARG", Commands::arg);
        readers.put("CMD", line -> new Command.Cmd(line, invocation(line)));
        readers.put("COPY", Commands::copy);
        readers.put("ENTRYPOINT", line -> new Command.Entrypoint(line, invocation(line)));
        readers.put("ENV", Commands::env);
        readers.put("EXPOSE", Commands::expose);
        readers.put("FROM", Commands::from);
        readers.put("HEALTHCHECK", Healthchecks::read);
        readers.put("LABEL", Commands::label);
        readers.put("MAINTAINER", line -> new Command.Maintainer(line, only(line)));
        readers.put("ONBUILD", Commands::onBuild);
        readers.put("RUN", Commands::run);
        readers.put("SHELL", Commands::shell);
        readers.put("STOPSIGNAL", line -> new Command.StopSignal(line, only(line)));
        readers.put("USER", line -> new Command.User(line, only(line)));
        readers.put("VOLUME", Commands::volume);
        readers.put("WORKDIR", line -> new Command.WorkDir(line, only(line)));
        return Map.copyOf(readers);
    }

    /// The command that `line` is.
    public static Command read(Line line) {
        Function<Line, Command> reader = READERS.get(line.keyword());
        if (reader == null) {
            throw line.wrong("unknown instruction: " + line.spelling()
                    + Suggestion.ofAnyCase(line.spelling(), READERS.keySet()));
        }
        return reader.apply(line);
    }

    /// Reads a FROM.
    public static Command.From from(Line line) {
        List<String> words = line.fields();
        boolean isNamed = words.size() == WITH_NAME && words.get(1).equalsIgnoreCase("as");
        if (words.size() != 1 && !isNamed) {
            throw line.wrong("FROM requires either one or three arguments");
        }
        Optional<String> name = isNamed ? Optional.of(words.get(2).toLowerCase(Locale.ROOT)) : Optional.empty();
        if (name.isPresent() && !STAGE_NAME.matcher(name.get()).matches()) {
            throw line.wrong("invalid name for build stage: \"" + words.get(2)
                    + "\", name can't start with a number or contain symbols");
        }
        return new Command.From(line, words.getFirst(), name, OtherFlags.platform(line));
    }

    /// Reads an ARG.
    public static Command.Arg arg(Line line) {
        OtherFlags.none(line);
        var declarations = new ArrayList<Command.Declaration>();
        for (String word : line.words()) {
            int equals = word.indexOf('=');
            String name = equals < 0 ? word : word.substring(0, equals);
            if (name.isEmpty()) {
                throw line.wrong("ARG names can not be blank");
            }
            declarations.add(new Command.Declaration(
                    name, equals < 0 ? Optional.empty() : Optional.of(word.substring(equals + 1))));
        }
        if (declarations.isEmpty()) {
            throw atLeastOne(line);
        }
        return new Command.Arg(line, declarations);
    }

    /// Reads an ENV.
    public static Command.Env env(Line line) {
        Pairs pairs = Pairs.of(line);
        return new Command.Env(line, pairs.pairs(), pairs.isLegacy());
    }

    /// Reads a LABEL.
    public static Command.Label label(Line line) {
        Pairs pairs = Pairs.of(line);
        return new Command.Label(line, pairs.pairs(), pairs.isLegacy());
    }

    /// Reads a RUN.
    public static Command.Run run(Line line) {
        RunFlags.check(line);
        return new Command.Run(line, shellOrExec(line));
    }

    /// What CMD and ENTRYPOINT say.
    public static Command.Invocation invocation(Line line) {
        OtherFlags.none(line);
        return shellOrExec(line);
    }

    static Command.Invocation shellOrExec(Line line) {
        Optional<List<String>> exec = line.json();
        return exec.map(arguments -> new Command.Invocation(arguments, false))
                .orElseGet(
                        () -> new Command.Invocation(line.rest().isEmpty() ? List.of() : List.of(line.rest()), true));
    }

    /// Reads a SHELL.
    public static Command.Shell shell(Line line) {
        OtherFlags.none(line);
        Command.Invocation invocation = shellOrExec(line);
        if (invocation.arguments().isEmpty()) {
            throw atLeastOne(line);
        }
        if (invocation.isShellForm()) {
            throw line.wrong("SHELL requires the arguments to be in JSON form");
        }
        return new Command.Shell(line, invocation.arguments());
    }

    /// Reads a COPY.
    public static Command.Copy copy(Line line) {
        TransferFlags.check(line);
        return new Command.Copy(line, places(line));
    }

    /// Reads an ADD.
    public static Command.Add add(Line line) {
        TransferFlags.check(line);
        return new Command.Add(line, places(line));
    }

    private static Command.Places places(Line line) {
        List<String> words = line.json().orElseGet(line::fields);
        if (words.size() < 2) {
            throw line.wrong(line.keyword() + " requires at least two arguments, but only one was provided."
                    + " Destination could not be determined");
        }
        if (Heredocs.find(words.getLast()).isPresent()) {
            throw line.wrong(line.keyword() + " cannot accept a heredoc as a destination");
        }
        var sources = new ArrayList<String>();
        var documents = new ArrayList<Line.Heredoc>();
        for (String word : words.subList(0, words.size() - 1)) {
            Heredocs.find(word)
                    .flatMap(announced -> line.heredocs().stream()
                            .filter(document -> document.name().equals(announced.name()))
                            .reduce((earlier, later) -> later))
                    .ifPresentOrElse(documents::add, () -> sources.add(word));
        }
        return new Command.Places(sources, documents, words.getLast());
    }

    /// Reads a HEALTHCHECK.
    public static Command.Healthcheck healthcheck(Line line) {
        return Healthchecks.read(line);
    }

    /// Reads an EXPOSE.
    public static Command.Expose expose(Line line) {
        OtherFlags.none(line);
        List<String> ports = line.fields().stream().sorted().toList();
        if (ports.isEmpty()) {
            throw atLeastOne(line);
        }
        return new Command.Expose(line, ports);
    }

    /// Reads a VOLUME.
    public static Command.Volume volume(Line line) {
        OtherFlags.none(line);
        List<String> paths =
                line.json().orElseGet(line::fields).stream().map(GoText::strip).toList();
        if (paths.isEmpty()) {
            throw atLeastOne(line);
        }
        if (paths.contains("")) {
            throw line.wrong("VOLUME specified can not be an empty string");
        }
        return new Command.Volume(line, paths);
    }

    /// Reads an ONBUILD, and the instruction behind it.
    public static Command.OnBuild onBuild(Line line) {
        OtherFlags.none(line);
        if (line.rest().isEmpty()) {
            throw atLeastOne(line);
        }
        Line trigger = line.trigger();
        if (trigger.keyword().equals("ONBUILD")) {
            throw line.wrong("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
        }
        if (NO_TRIGGERS.contains(trigger.keyword())) {
            throw line.wrong(trigger.keyword() + " isn't allowed as an ONBUILD trigger");
        }
        var text = new StringBuilder(line.rest());
        for (Line.Heredoc document : line.heredocs()) {
            text.append('\n').append(document.raw()).append(document.name());
        }
        return new Command.OnBuild(line, read(trigger), text.toString());
    }

    /// The rest of a line that has one argument, whatever is in it.
    public static String only(Line line) {
        OtherFlags.none(line);
        if (line.rest().isEmpty()) {
            throw line.wrong(line.keyword() + " requires exactly one argument");
        }
        return line.rest();
    }

    static RuntimeException atLeastOne(Line line) {
        return line.wrong(line.keyword() + " requires at least one argument");
    }
}
