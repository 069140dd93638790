package dev.longshore.linux;

/// A native tool failed; the message names it and holds its own last words.
public sealed class CommandFailedException extends RuntimeException permits CommandTimedOutException {

    private static final long serialVersionUID = 1L;

    private static final int LONGEST = 2000;

    /// It ended with another exit code than 0.
    public CommandFailedException(Commands.Command command, Commands.Result result) {
        super("%s: exit status %d: %s".formatted(command, result.exitCode(), words(result)));
    }

    /// It could not be run to its end.
    public CommandFailedException(Commands.Command command, String why, Throwable cause) {
        super("%s: %s".formatted(command, why), cause);
    }

    private static String words(Commands.Result result) {
        String text =
                result.err().isBlank() ? result.out().strip() : result.err().strip();
        return text.length() > LONGEST ? text.substring(text.length() - LONGEST) : text;
    }
}
