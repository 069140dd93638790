package dev.longshore.builder.commands;

import dev.longshore.builder.dockerfile.Line;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// One instruction, read and checked as far as can be without knowing any variable. Texts are as they are written,
/// quotes and variables in place; [Commands] reads them.
public sealed interface Command {

    /// Where it stands.
    Line line();

    /// `FROM base [AS name]`.
    ///
    /// @param name in lower case
    record From(Line line, String base, Optional<String> name, Optional<String> platform) implements Command {}

    /// `ARG name[=default] …`.
    record Arg(Line line, List<Declaration> declarations) implements Command {
        public Arg {
            declarations = List.copyOf(declarations);
        }
    }

    /// One of the names that an ARG declares.
    record Declaration(String name, Optional<String> value) {}

    /// `ENV name=value …`.
    ///
    /// @param isLegacy true for `ENV name value`
    record Env(Line line, List<Pair> pairs, boolean isLegacy) implements Command {
        public Env {
            pairs = List.copyOf(pairs);
        }
    }

    /// `LABEL name=value …`.
    ///
    /// @param isLegacy true for `LABEL name value`
    record Label(Line line, List<Pair> pairs, boolean isLegacy) implements Command {
        public Label {
            pairs = List.copyOf(pairs);
        }
    }

    /// A name and a value.
    record Pair(String name, String value) {}

    /// `RUN …`; its here-documents are the line's.
    record Run(Line line, Invocation invocation) implements Command {}

    /// `CMD …`.
    record Cmd(Line line, Invocation invocation) implements Command {}

    /// `ENTRYPOINT …`.
    record Entrypoint(Line line, Invocation invocation) implements Command {}

    /// `SHELL ["program", …]`.
    record Shell(Line line, List<String> command) implements Command {
        public Shell {
            command = List.copyOf(command);
        }
    }

    /// `COPY …`.
    record Copy(Line line, Places places) implements Command {}

    /// `ADD …`.
    record Add(Line line, Places places) implements Command {}

    /// What COPY and ADD take, and where it goes.
    ///
    /// @param sources paths and addresses
    /// @param documents here-documents, in order
    record Places(List<String> sources, List<Line.Heredoc> documents, String destination) {
        public Places {
            sources = List.copyOf(sources);
            documents = List.copyOf(documents);
        }
    }

    /// `WORKDIR path`.
    record WorkDir(Line line, String path) implements Command {}

    /// `USER name`.
    record User(Line line, String user) implements Command {}

    /// `EXPOSE port …`, sorted.
    record Expose(Line line, List<String> ports) implements Command {
        public Expose {
            ports = List.copyOf(ports);
        }
    }

    /// `VOLUME path …`.
    record Volume(Line line, List<String> paths) implements Command {
        public Volume {
            paths = List.copyOf(paths);
        }
    }

    /// `STOPSIGNAL signal`.
    record StopSignal(Line line, String signal) implements Command {}

    /// `HEALTHCHECK CMD …` or `HEALTHCHECK NONE`.
    ///
    /// @param test absent for NONE
    record Healthcheck(Line line, Optional<Invocation> test, Rhythm rhythm) implements Command {}

    /// When a health check runs; what is not given is zero.
    record Rhythm(Duration interval, Duration timeout, Duration startPeriod, Duration startInterval, int retries) {

        /// Nothing given.
        public static final Rhythm DEFAULT = new Rhythm(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO, 0);
    }

    /// `MAINTAINER name`.
    record Maintainer(Line line, String name) implements Command {}

    /// `ONBUILD instruction`.
    ///
    /// @param trigger the instruction
    /// @param text as it is kept in the image, with its here-documents
    record OnBuild(Line line, Command trigger, String text) implements Command {}

    /// What is to be run: the exec form's arguments, or one text for a shell.
    record Invocation(List<String> arguments, boolean isShellForm) {
        public Invocation {
            arguments = List.copyOf(arguments);
        }

        /// As `shell` runs it, or by itself.
        public List<String> with(List<String> shell) {
            if (!isShellForm) {
                return arguments;
            }
            var command = new java.util.ArrayList<>(shell);
            command.add(String.join(" ", arguments));
            return List.copyOf(command);
        }
    }
}
