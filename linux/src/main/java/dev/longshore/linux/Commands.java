package dev.longshore.linux;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// Runs native tools to their end. One implementation starts processes, the other records what would have been
/// run. Thread-safe; blocks.
public interface Commands {

    /// Runs `command` and returns what it left, whatever its exit code.
    ///
    /// @throws CommandFailedException when it could not be started or did not end within its limit (it is
    /// killed then)
    Result run(Command command) throws InterruptedException;

    /// As [#run], and insists on exit code 0.
    ///
    /// @throws CommandFailedException with what it printed, when it failed
    default Result require(Command command) throws InterruptedException {
        Result result = run(command);
        if (result.exitCode() != 0) {
            throw new CommandFailedException(command, result);
        }
        return result;
    }

    /// As [#require], with nothing on standard input and the usual limit.
    default Result require(String... arguments) throws InterruptedException {
        return require(Command.of(arguments));
    }

    /// What to run.
    ///
    /// @param arguments the program, found on PATH and the sbin directories, and its arguments
    /// @param environment added to this process's own
    /// @param input what it reads from standard input
    record Command(List<String> arguments, Map<String, String> environment, byte[] input, Duration limit) {

        private static final Duration USUAL_LIMIT = Duration.ofSeconds(60);

        public Command {
            arguments = List.copyOf(arguments);
            environment = Map.copyOf(environment);
        }

        /// With no input and the usual limit of a minute.
        public static Command of(String... arguments) {
            return new Command(List.of(arguments), Map.of(), new byte[0], USUAL_LIMIT);
        }

        /// The same with `text` on standard input.
        public Command withInput(String text) {
            return new Command(arguments, environment, text.getBytes(StandardCharsets.UTF_8), limit);
        }

        /// The same with more in its environment.
        public Command withEnvironment(Map<String, String> more) {
            var all = new java.util.HashMap<>(environment);
            all.putAll(more);
            return new Command(arguments, all, input, limit);
        }

        /// The same with another limit.
        public Command within(Duration newLimit) {
            return new Command(arguments, environment, input, newLimit);
        }

        @Override
        public String toString() {
            return String.join(" ", arguments);
        }
    }

    /// What it left: both streams as UTF-8, each cut at 16 MiB.
    record Result(int exitCode, String out, String err) {}
}
